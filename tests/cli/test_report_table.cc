/* The same table as text and as Markdown. */
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" {
#include "cli/io/report_table.h"
}

namespace
{

const table_column columns[] = {{"device", true}, {"darts/s", false}, {"name", true}};

template <class Print> std::string printed(Print print, const table &t)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    print(out, &t);
    fclose(out);
    const std::string copy(text, size);
    free(text);
    return copy;
}

TEST(Table, AlignsColumns)
{
    table t = table_begin(columns, 3);
    for (const char *cell : {"one core", "3.79e9", "A", "gpu:0", "1.2", "a | b"})
        table_add(&t, "%s", cell);
    EXPECT_EQ(printed(table_print_text, t), "device    darts/s  name\n"
                                            "one core   3.79e9  A\n"
                                            "gpu:0         1.2  a | b\n");
    EXPECT_EQ(printed(table_print_markdown, t), "| device | darts/s | name |\n"
                                                "|---|--:|---|\n"
                                                "| one core | 3.79e9 | A |\n"
                                                "| gpu:0 | 1.2 | a \\| b |\n");
    table_free(&t);
}

TEST(Table, CanBeEmpty)
{
    table t = table_begin(columns, 2);
    EXPECT_EQ(printed(table_print_text, t), "device  darts/s\n");
    table_free(&t);
}

} // namespace
