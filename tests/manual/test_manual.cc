/* Manual pages and completions of a program of our own: they follow from its table alone. */
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/manual/completion.h"
#include "cli/manual/header_reader.h"
#include "cli/manual/manual.h"
#include "cli/manual/roff.h"
}

namespace
{

template <class Write> std::string written(Write write)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    write(out);
    fclose(out);
    const std::string all(text, size);
    free(text);
    return all;
}

/* ---- a program of our own ---- */

int print_nothing(const cli_options *, FILE *)
{
    return 0;
}

const option_choice colours[] = {{"red", 0}, {"green", 1}, {nullptr, 0}};

cli_option option_of(const char *name, char letter, const char *argument, option_kind kind, const char *help)
{
    cli_option option{};
    option.name = name;
    option.letter = letter;
    option.argument = argument;
    option.kind = kind;
    option.help = help;
    if (kind == OPTION_CHOICE || kind == OPTION_CHOICES)
        option.choices = colours;
    return option;
}

class Manual : public testing::Test
{
  protected:
    Manual()
    {
        spin.name = "spin";
        spin.summary = "turn it's wheel";
        spin.print = print_nothing;
        spin.options[0] = {&colour, nullptr};
        spin.options[1] = {&several, nullptr};
        spin.options[2] = {nullptr, "Speed"};
        spin.options[3] = {&speed, "[fast],\n.5 or \"so\" $HOME"};
        spin.examples[0] = {"spin --colour red", "a red one"};
        stop.name = "stop";
        stop.summary = "stop it";
        stop.print = print_nothing;
        stop.operands = "FILE...";
        program.name = "toys";
        program.summary = "plays";
        program.usage = "toys [COMMAND]";
        program.commands = commands;
    }
    std::string fill(const std::string &name) const
    {
        const std::string path = std::string(MCPI_SOURCES "/host/cli/manual/") + name;
        const manual toys = {&program, MCPI_SOURCES};
        return written([&](FILE *out) {
            FILE *const in = fopen(path.c_str(), "r");
            ASSERT_TRUE(in) << path;
            EXPECT_TRUE(manual_write(out, in, &toys));
            fclose(in);
        });
    }
    /* What the completion for bash offers at the end of these words. */
    std::string offer(const std::vector<std::string> &words) const
    {
        std::string line, list;
        for (const std::string &word : words) {
            line += (line.empty() ? "" : " ") + word;
            list += " '" + word + "'";
        }
        const std::string file = testing::TempDir() + "toys.bash." + std::to_string(getpid());
        FILE *const out = fopen(file.c_str(), "w");
        fputs(fill("completion.bash.in").c_str(), out);
        fprintf(out, "COMP_LINE='%s' COMP_POINT=%zu COMP_WORDS=(%s) COMP_CWORD=%zu\n_toys\necho \"${COMPREPLY[*]}\"\n",
                line.c_str(), line.size(), list.c_str(), words.size() - 1);
        fclose(out);
        FILE *const in = popen(("bash " + file).c_str(), "r");
        char text[1000] = "";
        text[fread(text, 1, sizeof text - 1, in)] = '\0';
        EXPECT_EQ(pclose(in), 0) << text;
        remove(file.c_str());
        return text;
    }
    const cli_option colour = option_of("colour", 'c', "WHICH", OPTION_CHOICE, "its colour");
    const cli_option several = option_of("several", 0, "LIST", OPTION_CHOICES, "its colours");
    const cli_option speed = option_of("speed", 0, "N", OPTION_POSITIVE, nullptr);
    cli_command spin{}, stop{};
    const cli_command *commands[3] = {&spin, &stop, nullptr};
    cli_program program{};
};

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

TEST_F(Manual, APageHasTheRowOfEachCommand)
{
    const std::string page = fill("mcpi.1.in");
    EXPECT_TRUE(has(page, "\ntoys \\-\nplays\n"));
    EXPECT_TRUE(has(page, ".SS toys [spin] [options]\nturn it\\(aqs wheel\n"));
    EXPECT_TRUE(has(page, ".SS toys stop [options] FILE...\nstop it\n"));
    EXPECT_TRUE(has(page, ".TP\n\\fB\\-c\\fR, \\fB\\-\\-colour\\fR \\fIWHICH\\fR\nits colour\n"));
    EXPECT_TRUE(has(page, ".PP\n\\fISpeed\\fR\n.TP\n\\fB\\-\\-speed\\fR \\fIN\\fR\n[fast], \\&.5 or \"so\" $HOME\n"));
    EXPECT_TRUE(has(page, "\\fBtoys spin \\-\\-colour red\\fR\na red one\n"));
    EXPECT_FALSE(has(page, "target\\-error"));
    EXPECT_FALSE(has(page, "@"));
}

TEST_F(Manual, BashOffersWhatTheTableHas)
{
    EXPECT_EQ(offer({"toys", ""}), "spin stop\n");
    EXPECT_EQ(offer({"toys", "spin", "--c"}), "--colour\n");
    EXPECT_EQ(offer({"toys", "-c", ""}), "red green\n");
    EXPECT_EQ(offer({"toys", "--several", "green,"}), "green,red\n");
    EXPECT_EQ(offer({"toys", "stop", "--c"}), "\n");
    spin.options[0] = {&speed, nullptr};
    spin.options[1] = {nullptr, nullptr};
    EXPECT_EQ(offer({"toys", "spin", "-c", ""}), "--speed --output --help --version\n");
}

TEST_F(Manual, ZshAndFishHaveTheSameTable)
{
    const std::string zsh = fill("completion.zsh.in");
    EXPECT_TRUE(has(zsh, "'(-c --colour)'{-c+,--colour=}\"[its colour]\"':WHICH: _toys_word red green'\n"));
    EXPECT_TRUE(has(zsh, "--speed=\"[\\[fast\\], .5 or \\\"so\\\" \\$HOME]\"':N: _toys_text'\n"));
    EXPECT_TRUE(has(zsh, "\"spin:turn it's wheel\"\n"));
    EXPECT_TRUE(has(zsh, "'*: : _toys_files'\n"));
    const std::string fish = fill("completion.fish.in");
    EXPECT_TRUE(has(
        fish, "complete -c toys -n '__toys_is spin' -s c -l colour -x -a '(__toys_word red green)' -d 'its colour'\n"));
    EXPECT_TRUE(has(fish, "complete -c toys -n __toys_begins -a spin -d 'turn it\\'s wheel'\n"));
    EXPECT_TRUE(has(fish, "complete -c toys -n '__toys_is stop' -F\n"));
}

TEST_F(Manual, ProgramsForMpiListTheirCommandsOnly)
{
    program.with_mpi = true;
    stop.with_mpi = true;
    EXPECT_EQ(command_at(&program, 0), &stop);
    EXPECT_EQ(command_at(&program, 1), nullptr);
    EXPECT_FALSE(has(fill("mcpi.1.in"), "\\-\\-colour"));
    EXPECT_EQ(offer({"toys", ""}), "stop\n");
}

TEST_F(Manual, APlaceholderThatIsNotKnownIsRefused)
{
    const manual toys = {&program, MCPI_SOURCES};
    char text[] = "a @PROGRAM@ b@\n@NOTHING@\n";
    const std::string out = written([&](FILE *file) {
        FILE *const in = fmemopen(text, sizeof text - 1, "r");
        testing::internal::CaptureStderr();
        EXPECT_FALSE(manual_write(file, in, &toys));
        fclose(in);
    });
    EXPECT_EQ(out, "a toys b@\n");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "mcpi: @NOTHING@: no such placeholder\n");
}

/* ---- roff ---- */

TEST(Roff, TextIsEscapedAndWrapped)
{
    const auto text = [](const char *from) { return written([&](FILE *out) { roff_string(out, from); }); };
    EXPECT_EQ(text(".5  -n\n2^33 a\\b 'c' `d` ~e"), "\\&.5 \\-n 2\\(ha33 a\\eb \\(aqc\\(aq \\(gad\\(ga \\(tie");
    EXPECT_EQ(text(""), "");
    const std::string word(40, 'a');
    EXPECT_EQ(text((word + " " + word + " .b").c_str()), word + "\n" + word + " \\&.b");
    EXPECT_EQ(text((word + word + " .b").c_str()), word + word + "\n\\&.b");
}

/* ---- headers ---- */

std::string text_of(slice s)
{
    return std::string(s.text ? s.text : "", s.length);
}

TEST(HeaderReader, KnowsTheFormsOfOurHeaders)
{
    header_reader r{};
    r.next = "/* The file. */\n#ifndef A\n#define A\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
             "/* ---- part ---- */\n\n"
             "/* Adds. */\nint add(int a,\n        int b);\nvoid more(void);\n\nint last(void);\n"
             "/* Most. */\n#define MOST 3\n#define F(x) \\\n  x\n\n"
             "/* A thing. */\ntypedef struct thing {\n    int a; /* one\n              more */\n    /* Both. */\n"
             "    int (*f)(int, int);\n} thing;\n"
             "typedef enum kind { K_A, K_B = 2 /* two */ } kind;\n\ntypedef struct opaque opaque;\n#endif\n";
    struct {
        header_kind kind;
        const char *code, *before, *after, *name;
    } expected[] = {
        {HEADER_HEADING, "part", "", "", "part"},
        {HEADER_FUNCTION, "int add(int a,\n        int b)", "Adds.", "", "add"},
        {HEADER_FUNCTION, "void more(void)", "", "", "more"},
        {HEADER_FUNCTION, "int last(void)", "", "", "last"},
        {HEADER_CONSTANT, "MOST", "Most.", "", "MOST"},
        {HEADER_TYPE, "typedef struct thing", "A thing.", "", "thing"},
        {HEADER_MEMBER, "int a", "", "one\n              more", "a"},
        {HEADER_MEMBER, "int (*f)(int, int)", "Both.", "", ""},
        {HEADER_TYPE_END, "} thing", "", "", "thing"},
        {HEADER_TYPE, "typedef enum kind", "", "", "kind"},
        {HEADER_MEMBER, "K_A", "", "", "K_A"},
        {HEADER_MEMBER, "K_B = 2", "", "two", "2"},
        {HEADER_TYPE_END, "} kind", "", "", "kind"},
        {HEADER_OPAQUE, "typedef struct opaque opaque", "", "", "opaque"},
    };
    header_item item;
    for (const auto &want : expected) {
        ASSERT_TRUE(header_next(&r, &item)) << want.code;
        EXPECT_EQ(item.kind, want.kind) << want.code;
        EXPECT_EQ(text_of(item.code), want.code);
        EXPECT_EQ(text_of(item.before), want.before) << want.code;
        EXPECT_EQ(text_of(item.after), want.after) << want.code;
        EXPECT_EQ(text_of(header_name(item.code)), want.name);
    }
    EXPECT_FALSE(header_next(&r, &item));
}

} // namespace
