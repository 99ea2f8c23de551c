/* The nodes of a stress test put together: states, order, exit code, text, and JSON as a JSON library reads it. */
#include <gtest/gtest.h>
#include <json-c/json.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "tests/cli/made_up_origin.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/args/options.h"
#include "cli/io/exit_process.h"
#include "cli/stress/node_rows.h"
}

namespace
{

class StressNodes : public testing::Test
{
  protected:
    /* A node that has said something; lines end with a zero byte each. */
    node_row &add(const char *node, int exit_code = EXIT_DONE, bool ended = true)
    {
        node_row row{};
        row.rank = (unsigned)rows.size();
        row.node = node;
        row.account.began = exit_code != EXIT_NO_DEVICE && exit_code != EXIT_USAGE;
        row.account.ended = ended;
        row.account.exit_code = (uint64_t)exit_code;
        row.account.seconds = 30;
        row.account.cores = 64;
        row.account.gpus = 8;
        row.account.confirmed_darts = 1000;
        row.account.interrupted = exit_code == EXIT_INTERRUPTED;
        rows.push_back(row);
        return rows.back();
    }

    static void lose(node_row &row, double seconds = 25)
    {
        row.account.ended = 0;
        row.silent = row.lost = true;
        row.silent_seconds = seconds;
    }

    node_table &table()
    {
        made.rows = rows.data();
        made.count = rows.size();
        made.asked_seconds = 30;
        made.ended = ended;
        return made;
    }

    node_state state(size_t row)
    {
        return node_state_of(&table(), &rows[row]);
    }

    std::string verdict()
    {
        return printed([&](FILE *out) { node_table_verdict(out, &table()); });
    }

    std::string printed_table(bool bad_only)
    {
        node_table_sort(&table());
        return printed([&](FILE *out) { node_table_print(out, &made, bad_only); });
    }

    std::vector<node_row> rows;
    node_table made{};
    bool ended = true;
};

TEST_F(StressNodes, StatesOfNodesThatHaveEnded)
{
    const std::map<int, node_state> states = {{EXIT_DONE, NODE_OK},       {EXIT_MISMATCH, NODE_FAULTY},
                                              {EXIT_FAILED, NODE_FAILED}, {EXIT_NO_DEVICE, NODE_MISSING},
                                              {EXIT_USAGE, NODE_REFUSED}, {EXIT_INTERRUPTED, NODE_INTERRUPTED}};
    for (const auto &[exit_code, expected] : states) {
        rows.clear();
        add("a", exit_code);
        EXPECT_EQ(state(0), expected) << exit_code;
        EXPECT_EQ(node_exit_code(&table(), &rows[0]), exit_code);
        EXPECT_EQ(node_table_exit_code(&table()), exit_code);
    }
}

TEST_F(StressNodes, StatesOfNodesThatGoOn)
{
    ended = false;
    add("a", EXIT_DONE, false).account.began = 0;
    add("b", EXIT_DONE, false);
    add("c", EXIT_DONE, false).silent = true;
    lose(add("d"));
    lose(add("e", EXIT_MISMATCH));
    EXPECT_EQ(state(0), NODE_STARTING);
    EXPECT_EQ(state(1), NODE_OK);
    EXPECT_EQ(state(2), NODE_SILENT);
    EXPECT_EQ(state(3), NODE_LOST);
    EXPECT_EQ(state(4), NODE_FAULTY);
    EXPECT_EQ(node_table_exit_code(&table()), EXIT_MISMATCH);
}

TEST_F(StressNodes, ANodeThatEndedAndFellSilentKeepsItsVerdict)
{
    node_row &row = add("a");
    row.silent = true;
    row.silent_seconds = 60;
    EXPECT_EQ(state(0), NODE_OK);
    EXPECT_EQ(node_table_exit_code(&table()), EXIT_DONE);
}

TEST_F(StressNodes, WithoutALastAccountANodeWasInterruptedOrHasFailed)
{
    add("a", EXIT_DONE, false);
    EXPECT_EQ(state(0), NODE_INTERRUPTED);
    EXPECT_EQ(node_table_exit_code(&table()), EXIT_INTERRUPTED);
    add("b", EXIT_DONE, false).silent = true;
    EXPECT_EQ(node_table_exit_code(&table()), EXIT_FAILED);
    lose(add("c", EXIT_NO_DEVICE));
    EXPECT_EQ(state(2), NODE_LOST);
}

/* 3 before 1 before 4 before 2 before 130 before 0, whatever the order of the nodes. */
TEST_F(StressNodes, TheExitCodeIsTheWorst)
{
    const std::vector<int> order = {EXIT_MISMATCH, EXIT_FAILED,      EXIT_NO_DEVICE,
                                    EXIT_USAGE,    EXIT_INTERRUPTED, EXIT_DONE};
    for (unsigned set = 1; set < 1U << order.size(); set++) {
        for (bool reverse : {false, true}) {
            rows.clear();
            int expected = -1;
            for (size_t i = 0; i < order.size(); i++) {
                const size_t at = reverse ? order.size() - 1 - i : i;
                if (set >> at & 1U)
                    add("a", order[at]);
                if (set >> i & 1U && expected < 0)
                    expected = order[i];
            }
            EXPECT_EQ(node_table_exit_code(&table()), expected) << set;
        }
    }
}

TEST_F(StressNodes, BadNodesComeFirst)
{
    add("good1");
    add("cut", EXIT_INTERRUPTED);
    add("gpuless", EXIT_NO_DEVICE);
    add("good2");
    lose(add("gone"));
    add("liar1", EXIT_MISMATCH);
    add("broken", EXIT_FAILED);
    add("liar2", EXIT_MISMATCH);
    node_table_sort(&table());
    std::string names;
    for (const node_row &row : rows)
        names += std::string(row.node) + " ";
    EXPECT_EQ(names, "liar1 liar2 broken gone gpuless cut good1 good2 ");
}

TEST_F(StressNodes, Table)
{
    add("node1");
    add("node2", EXIT_MISMATCH).account.disagreements = 3;
    add("a-long-name", EXIT_NO_DEVICE).account = {};
    rows[2].account.ended = 1;
    rows[2].account.exit_code = EXIT_NO_DEVICE;
    EXPECT_EQ(printed_table(false), " rank  node         state        devices                checked  faults\n"
                                    "    1  node2        FAULTY       64 cores + 8 GPUs         1000       3\n"
                                    "    2  a-long-name  MISSING      none                     0.000       0\n"
                                    "    0  node1        ok           64 cores + 8 GPUs         1000       0\n");
    EXPECT_EQ(printed_table(true), " rank  node         state        devices                checked  faults\n"
                                   "    1  node2        FAULTY       64 cores + 8 GPUs         1000       3\n"
                                   "    2  a-long-name  MISSING      none                     0.000       0\n");
}

TEST_F(StressNodes, WithOnlyGoodNodesThereIsNoTableOfBadOnes)
{
    add("node1");
    add("node2", EXIT_INTERRUPTED);
    EXPECT_EQ(printed_table(true), "");
}

TEST_F(StressNodes, Verdicts)
{
    add("node1");
    add("node2");
    EXPECT_EQ(verdict(), "OK: 2 nodes; in 30 s, 2000 darts were counted twice; 0 disagreements\n");
    rows[1].account.exit_code = EXIT_INTERRUPTED;
    rows[1].account.interrupted = 1;
    EXPECT_EQ(verdict(), "INTERRUPTED: 2 nodes; in 30 s of 30 s, 2000 darts were counted twice; 0 disagreements\n");
    rows[0].account.exit_code = EXIT_MISMATCH;
    rows[0].account.disagreements = 1;
    rows[0].lines = "gpu:3 counted wrong\0and failed";
    rows[0].account.line_count = 2;
    EXPECT_EQ(verdict(),
              "node1: gpu:3 counted wrong\nnode1: and failed\n"
              "NOT OK: 1 of 2 nodes: node1; in 30 s of 30 s, 2000 darts were counted twice; 1 disagreement\n");
}

TEST_F(StressNodes, TheVerdictNamesAllBadNodes)
{
    for (int i = 0; i < 100; i++)
        add(i == 17   ? "node17"
            : i == 42 ? "node42"
                      : "good",
            i == 17   ? EXIT_FAILED
            : i == 42 ? EXIT_MISMATCH
                      : EXIT_DONE);
    EXPECT_NE(verdict().find("NOT OK: 2 of 100 nodes: node17, node42; in 30 s"), std::string::npos);
}

TEST_F(StressNodes, ALostNodeIsNamedWithTheTime)
{
    add("node1");
    lose(add("node2"));
    const std::string text = verdict();
    EXPECT_NE(text.find("node2: rank 1 has not been heard from since 20"), std::string::npos) << text;
    EXPECT_NE(text.find("NOT OK: 1 of 2 nodes: node2; "), std::string::npos) << text;
}

TEST_F(StressNodes, TheVerdictSaysWhereNoGpuWasTested)
{
    std::strcpy(add("node1").account.no_gpu, "no driver");
    EXPECT_NE(verdict().find("; no GPU was tested (node1: no driver)\n"), std::string::npos);
    add("node2");
    EXPECT_NE(verdict().find("; no GPU was tested on 1 node (node1: no driver)\n"), std::string::npos);
}

TEST_F(StressNodes, LineCountsNodesByState)
{
    ended = false;
    add("a", EXIT_DONE, false).account.rate = 1e9;
    add("b", EXIT_DONE, false).account.rate = 1e9;
    add("c", EXIT_MISMATCH, false).account.disagreements = 2;
    char line[201];
    node_table_line(line, 200, &table());
    EXPECT_STREQ(line, "30 s  3 nodes: 1 FAULTY, 2 ok  2.00e9 darts/s  2 disagreements");
    node_table_line(line, 10, &table());
    EXPECT_STREQ(line, "30 s  3 no");
}

TEST_F(StressNodes, Json)
{
    std::string report = "{\"schema\":\"mcpi.stress.v1\",\"devices\":[]}";
    add("node1").json = report.data();
    lose(add("node2"));
    rows[1].lines = "gpu:3 \"lies\"";
    rows[1].account.line_count = 1;
    const run_origin origin{};
    const std::string text = printed([&](FILE *out) { node_table_json(out, &table(), &origin); });
    json_object *root = json_tokener_parse(text.c_str());
    ASSERT_NE(root, nullptr) << text;
    EXPECT_STREQ(json_object_get_string(json_object_object_get(root, "schema")), "mcpi.stress_nodes.v1");
    EXPECT_STREQ(json_object_get_string(json_object_object_get(root, "status")), "NOT OK");
    EXPECT_EQ(json_object_get_int(json_object_object_get(root, "exit_code")), EXIT_FAILED);
    EXPECT_TRUE(json_object_get_boolean(json_object_object_get(root, "summary")));
    EXPECT_STREQ(json_object_to_json_string_ext(json_object_object_get(root, "bad_nodes"), 0), "[\"node2\"]");
    json_object *nodes = json_object_object_get(root, "nodes");
    ASSERT_EQ(json_object_array_length(nodes), 2U);
    json_object *first = json_object_array_get_idx(nodes, 0), *second = json_object_array_get_idx(nodes, 1);
    json_object *inner = json_object_object_get(first, "report");
    EXPECT_STREQ(json_object_get_string(json_object_object_get(inner, "schema")), "mcpi.stress.v1");
    EXPECT_STREQ(json_object_get_string(json_object_object_get(second, "state")), "LOST");
    EXPECT_TRUE(json_object_get_boolean(json_object_object_get(second, "lost")));
    EXPECT_EQ(json_object_get_int(json_object_object_get(second, "silent_seconds")), 25);
    EXPECT_STREQ(json_object_get_string(json_object_array_get_idx(json_object_object_get(second, "messages"), 0)),
                 "gpu:3 \"lies\"");
    EXPECT_EQ(json_object_object_get(second, "report"), nullptr);
    json_object_put(root);
}

/* To the letter, so that no field is lost or takes the value of another. */
TEST_F(StressNodes, JsonHasAllThatIsKnown)
{
    std::string report = "{}";
    add("node1").json = report.data();
    add("node2", EXIT_MISMATCH).account.disagreements = 5;
    rows[1].silent = true;
    rows[1].silent_seconds = 2.5;
    EXPECT_EQ(without_build(printed([&](FILE *out) { node_table_json(out, &table(), &made_up_origin); })),
              R"({"schema":"mcpi.stress_nodes.v1","version":")" MCPI_VERSION
              R"(","summary":true,"status":"NOT OK","exit_code":3,"time":1700000090,)"
              R"("time_utc":"2023-11-14T22:14:50Z","seconds":30,"asked_seconds":30,"confirmed_darts":2000,"exact":{)"
              R"("confirmed_darts":"2000"},"disagreements":5,"origin":)" MADE_UP_ORIGIN_JSON
              R"(,"bad_nodes":["node2"],"nodes":[{"rank":0,"node":"node1","state":"ok","exit_code":0,"ended":true,)"
              R"("lost":false,"messages":[],"report":{}},{"rank":1,"node":"node2","state":"FAULTY","exit_code":3,)"
              R"("ended":true,"lost":false,"silent_seconds":2.5,"messages":[]}]})"
              "\n");
}

/* What a node packs is what rank 0 reads. */
TEST_F(StressNodes, AnAccountIsReadAsItWasPacked)
{
    node_account sent{};
    sent.exit_code = EXIT_MISMATCH;
    sent.line_count = 2;
    std::strcpy(sent.no_gpu, "none");
    const char lines[] = "first\0second";
    size_t bytes = 0;
    void *message = node_account_pack(&sent, lines, sizeof lines, "{}", &bytes);
    ASSERT_NE(message, nullptr);
    EXPECT_EQ(bytes % 8, 0U);
    node_row row{};
    job_standing standing{};
    standing.node = "node1";
    EXPECT_TRUE(node_row_read(&row, 7, &standing)); /* nothing has come */
    EXPECT_EQ(row.account.exit_code, 0U);
    standing.report = message;
    standing.bytes = bytes;
    ASSERT_TRUE(node_row_read(&row, 7, &standing));
    EXPECT_EQ(row.rank, 7U);
    EXPECT_EQ(row.account.exit_code, (uint64_t)EXIT_MISMATCH);
    EXPECT_STREQ(row.account.no_gpu, "none");
    EXPECT_STREQ(row.lines, "first");
    EXPECT_STREQ(row.lines + 6, "second");
    EXPECT_STREQ(row.json, "{}");
    standing.bytes -= 8;
    EXPECT_FALSE(node_row_read(&row, 7, &standing));
    standing.bytes = 16;
    EXPECT_FALSE(node_row_read(&row, 7, &standing));
    std::free(message);
    std::free(row.json);
}

/* A later account without JSON leaves the JSON of an earlier one. */
TEST_F(StressNodes, TheLatestJsonStays)
{
    node_account sent{};
    node_row row{};
    job_standing standing{};
    for (const char *json : {"{\"a\":1}", (const char *)nullptr}) {
        void *message = node_account_pack(&sent, nullptr, 0, json, &standing.bytes);
        standing.report = message;
        ASSERT_TRUE(node_row_read(&row, 0, &standing));
        EXPECT_STREQ(row.json, "{\"a\":1}");
        std::free(message);
    }
    std::free(row.json);
}

} // namespace
