/* Checkpoint files: what is written is what is read, anything else is refused, and no failure costs the last good one.
 */
#include <gtest/gtest.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcpi/mcpi.h"
#include "save/checkpoint.h"
#include "save/state_text.h"
#include "tests/save/checksum.h"

namespace
{

struct State {
    std::vector<mcpi_part> parts;
    mcpi_state state{};

    explicit State(std::vector<mcpi_part> parts_in, uint64_t darts = 1000) : parts(std::move(parts_in))
    {
        state = {UINT64_MAX, 7, 10, darts, 0x1.8p-20, darts, parts.size(), parts.data(), 0, nullptr, MCPI_VERIFY_ON, 0};
    }
};

std::string format(const mcpi_state &state)
{
    size_t length = 0;
    char *text = mcpi_state_format(&state, &length);
    std::string copy(text, length);
    free(text);
    return copy;
}

/* The reason it is refused, or "". */
std::string refusal(const std::string &text)
{
    mcpi_error error{};
    auto *state = reinterpret_cast<mcpi_state *>(&error); /* it is set in any case */
    const mcpi_status status = mcpi_state_parse(text.data(), text.size(), &state, &error);
    EXPECT_EQ(status == MCPI_OK, state != nullptr);
    free(state);
    return status == MCPI_OK ? "" : error.message;
}

std::string replaced(std::string text, const std::string &from, const std::string &to)
{
    text.erase(text.rfind("checksum "));
    return signed_text(text.replace(text.find(from), from.size(), to));
}

TEST(State, ComesBackAsItWas)
{
    for (const std::vector<mcpi_part> &parts : std::vector<std::vector<mcpi_part>>{
             {}, {{10, 1000, 785}}, {{10, 1, 0}, {12, 1, 1}}, {{500, 10, 10}, {600, 100, 0}, {1000, 10, 5}}}) {
        const State original(parts);
        const std::string text = format(original.state);
        mcpi_state *state = nullptr;
        ASSERT_EQ(mcpi_state_parse(text.data(), text.size(), &state, nullptr), MCPI_OK);
        EXPECT_EQ(state->seed, UINT64_MAX);
        EXPECT_EQ(state->stream, 7U);
        EXPECT_EQ(state->first, 10U);
        EXPECT_EQ(state->darts, 1000U);
        EXPECT_EQ(state->goal, 1000U);
        EXPECT_EQ(state->target_error, 0x1.8p-20);
        ASSERT_EQ(state->part_count, parts.size());
        for (size_t i = 0; i < parts.size(); i++) {
            EXPECT_EQ(state->parts[i].first, parts[i].first);
            EXPECT_EQ(state->parts[i].darts, parts[i].darts);
            EXPECT_EQ(state->parts[i].hits, parts[i].hits);
        }
        EXPECT_EQ(format(*state), text);
        free(state);
    }
}

TEST(State, KeepsWhatWasConfirmed)
{
    State original({{10, 100, 78}, {500, 100, 79}});
    mcpi_part confirmed[] = {{20, 50, 40}, {510, 90, 70}};
    original.state.confirmed = confirmed;
    original.state.confirmed_count = 2;
    const std::string text = format(original.state);
    mcpi_state *state = nullptr;
    ASSERT_EQ(mcpi_state_parse(text.data(), text.size(), &state, nullptr), MCPI_OK);
    EXPECT_EQ(state->part_count, 2U);
    ASSERT_EQ(state->confirmed_count, 2U);
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQ(state->confirmed[i].first, confirmed[i].first);
        EXPECT_EQ(state->confirmed[i].darts, confirmed[i].darts);
        EXPECT_EQ(state->confirmed[i].hits, confirmed[i].hits);
    }
    EXPECT_EQ(format(*state), text);
    free(state);
    for (const char *const nonsense : {"5 50 40", "20 50 51", "20 0 0", "20 500 40", "2000 50 40"})
        EXPECT_NE(refusal(replaced(text, "20 50 40", nonsense)), "") << nonsense;
    EXPECT_NE(refusal(replaced(text, "confirmed 2", "confirmed 3")), "");
    EXPECT_NE(refusal(replaced(text, "confirmed 2", "confirmed 1")), "");
}

/* Format 1 says nothing of what was confirmed. */
TEST(State, TheFirstFormatIsRead)
{
    std::string text = replaced(format(State({{10, 100, 78}}).state), "confirmed 0\n", "");
    text = replaced(text, "verify on\n", "");
    EXPECT_NE(refusal(text), "");
    text = replaced(text, "checkpoint 2", "checkpoint 1");
    mcpi_state *state = nullptr;
    ASSERT_EQ(mcpi_state_parse(text.data(), text.size(), &state, nullptr), MCPI_OK);
    EXPECT_EQ(state->part_count, 1U);
    EXPECT_EQ(state->confirmed_count, 0U);
    free(state);
}

/* ECMA-182: the check value of this CRC, that of "123456789", is listed as 6c40df5f0b497347. */
TEST(State, HasTheChecksumItSays)
{
    const std::string text = signed_text("123456789");
    EXPECT_EQ(text, "123456789checksum 6c40df5f0b497347\n");
    const std::string whole = format(State({{10, 20, 15}}).state);
    EXPECT_EQ(signed_text(whole.substr(0, whole.rfind("checksum "))), whole);
}

TEST(State, NoCutIsTaken)
{
    const std::string text = format(State({{10, 20, 15}, {40, 20, 16}}).state);
    for (size_t length = 0; length < text.size(); length++)
        EXPECT_NE(refusal(text.substr(0, length)), "") << length;
    EXPECT_EQ(refusal(text), "");
    EXPECT_NE(refusal(text + "\n"), "");
    EXPECT_NE(refusal(text + text), "");
}

TEST(State, NoFlippedBitIsTaken)
{
    const std::string text = format(State({{10, 20, 15}, {40, 20, 16}}).state);
    for (size_t bit = 0; bit < 8 * text.size(); bit++) {
        std::string flipped = text;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_NE(refusal(flipped), "") << bit;
    }
}

TEST(State, SaysWhatIsWrong)
{
    const std::string text = format(State({{10, 20, 15}}).state);
    EXPECT_EQ(refusal(""), "not a checkpoint of mcpi");
    EXPECT_EQ(refusal("{\"schema\":\"mcpi.result.v1\"}"), "not a checkpoint of mcpi");
    EXPECT_EQ(refusal(text.substr(0, text.size() - 10)), "cut short");
    EXPECT_EQ(refusal(replaced(text, "checkpoint 2", "checkpoint 3")),
              "has format 3; this version of mcpi reads formats 1 to 2");
    EXPECT_EQ(refusal(replaced(text, "checkpoint 2", "checkpoint 0")),
              "has format 0; this version of mcpi reads formats 1 to 2");
    EXPECT_EQ(refusal(replaced(text, "2^62", "2^63")), "uses another definition of the dart");
}

/* Right checksums over what no run can have written. */
TEST(State, BelievesNoNonsense)
{
    const std::string text = format(State({{10, 20, 15}, {40, 20, 16}}).state);
    const std::vector<std::pair<const char *, const char *>> changes = {{"10 20 15", "9 20 15"},
                                                                        {"10 20 15", "10 31 15"},
                                                                        {"10 20 15", "10 20 21"},
                                                                        {"10 20 15", "10 0 0"},
                                                                        {"40 20 16", "1000 20 16"},
                                                                        {"40 20 16", "2000 1 1"},
                                                                        {"10 20 15", "010 20 15"},
                                                                        {"10 20 15", "+10 20 15"},
                                                                        {"10 20 15", "10  20 15"},
                                                                        {"parts 2", "parts 1"},
                                                                        {"parts 2", "parts 3"},
                                                                        {"parts 2", "parts 18446744073709551615"},
                                                                        {"darts 1000", "darts 999"},
                                                                        {"goal 1000", "goal 1001"},
                                                                        {"first 10", "first 9223372036854775808"},
                                                                        {"seed 1", "seed 99"},
                                                                        {"seed 1", "seed -1"},
                                                                        {"stream 7", "stream"},
                                                                        {"target-error 0x", "target-error nan\n0x"},
                                                                        {"target-error 0x", "target-error -0x"},
                                                                        {"target-error ", "target-error inf "},
                                                                        {"40 20 16\n", "40 20 16\n\n"},
                                                                        {"40 20 16\n", "40 20 16\n70 1 1\n"}};
    for (const auto &[from, to] : changes)
        EXPECT_NE(refusal(replaced(text, from, to)), "") << from << " -> " << to;
    EXPECT_EQ(refusal(replaced(text, "seed 1", "seed 1")), "");
}

/* ---- files ---- */

/* What the next calls are to do. The functions of mcpi_files take no context, so it stands here. */
struct Trouble {
    int writes_left = -1;  /* then the disk is full */
    size_t most_bytes = 0; /* of one write; 0: any */
    int interruptions = 0; /* writes that a signal comes in between of */
    bool fsync_fails = false, close_fails = false, rename_fails = false, no_links = false, open_fails = false;
    bool no_unnamed = false;  /* files without a name (O_TMPFILE) */
    int calls_left = -1;      /* then the process is dead: nothing has an effect any more */
    int no_locks = 0;         /* errno of flock */
    std::string mounted;      /* a file that cannot be renamed or linked */
    bool empty_write = false; /* one that writes nothing and sets no errno */
    std::string planted;      /* put there between open and flock, in place of the lock file */
    int removed = 0;          /* files, by the code that is tested */
} trouble;

int fail_with(int reason)
{
    errno = reason;
    return -1;
}

bool is_dead()
{
    return trouble.calls_left >= 0 && trouble.calls_left-- == 0 ? (trouble.calls_left = 0, true) : false;
}

/* Dead processes close their files, too. */
template <typename Call> auto alive(Call call) -> decltype(call())
{
    return is_dead() ? static_cast<decltype(call())>(fail_with(EIO)) : call();
}

int open_files = 0;

const mcpi_files troubled = {
    [](const char *name, int flags, mode_t mode) {
        return alive([&] {
            if (trouble.open_fails && (flags & O_ACCMODE) != O_RDONLY)
                return fail_with(EROFS);
            if (trouble.no_unnamed && (flags & O_TMPFILE) == O_TMPFILE)
                return fail_with(EOPNOTSUPP);
            const int file = open(name, flags, mode);
            open_files += file >= 0;
            return file;
        });
    },
    [](int file, const void *bytes, size_t count) -> ssize_t {
        return alive([&]() -> ssize_t {
            if (trouble.interruptions > 0 && trouble.interruptions--)
                return fail_with(EINTR);
            if (trouble.empty_write) {
                errno = 0;
                return 0;
            }
            if (trouble.writes_left >= 0 && trouble.writes_left-- == 0)
                return fail_with(ENOSPC);
            return write(file, bytes, trouble.most_bytes > 0 ? std::min(count, trouble.most_bytes) : count);
        });
    },
    [](int file, off_t length) { return alive([&] { return ftruncate(file, length); }); },
    [](int file) { return alive([&] { return trouble.fsync_fails ? fail_with(EIO) : fsync(file); }); },
    [](int file) {
        const int closed = close(file);
        open_files--;
        return trouble.close_fails || is_dead() ? fail_with(EDQUOT) : closed;
    },
    [](const char *name, const char *other) {
        return alive([&] {
            return trouble.mounted == name ? fail_with(EXDEV) : trouble.no_links ? fail_with(EPERM) : link(name, other);
        });
    },
    [](int file, const char *name) { return alive([&] { return mcpi_posix_files.link_open(file, name); }); },
    [](const char *from, const char *to) {
        return alive([&] {
            return trouble.mounted == from || trouble.mounted == to ? fail_with(EBUSY)
                   : trouble.rename_fails                           ? fail_with(EACCES)
                                                                    : rename(from, to);
        });
    },
    [](const char *name) {
        trouble.removed++;
        return alive([&] { return unlink(name); });
    },
    [](int file, int operation) {
        if (!trouble.planted.empty()) {
            unlink(trouble.planted.c_str());
            std::ofstream{trouble.planted};
            trouble.planted.clear();
        }
        return trouble.no_locks != 0 ? fail_with(trouble.no_locks) : flock(file, operation);
    },
};

class Checkpoint : public testing::Test
{
  protected:
    void SetUp() override
    {
        trouble = {};
        open_files = 0;
        char name[] = "/tmp/mcpi-save-XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder = name;
        file = folder + "/run";
        ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, nullptr), MCPI_OK);
    }
    void TearDown() override
    {
        trouble = {};
        mcpi_checkpoint_close(checkpoint);
        EXPECT_EQ(open_files, 0) << "a descriptor was left open";
        EXPECT_NE(access((file + ".lock").c_str(), F_OK), 0);
        unlink(file.c_str());
        unlink((file + ".previous").c_str());
        EXPECT_EQ(rmdir(folder.c_str()), 0) << "something was left behind";
    }
    mcpi_status save(uint64_t hits, bool supersedes = false)
    {
        State whole({{10, 1000, hits}});
        whole.state.supersedes = supersedes;
        return mcpi_checkpoint_save(checkpoint, &whole.state, &error);
    }
    /* The hits in a file; -1 if it cannot be loaded. */
    int64_t hits_in(const std::string &name)
    {
        auto *state = reinterpret_cast<mcpi_state *>(this);
        if (mcpi_checkpoint_load(name.c_str(), &state, &error) != MCPI_OK) {
            EXPECT_EQ(state, nullptr) << "it is set in any case";
            return -1;
        }
        const auto hits = static_cast<int64_t>(state->parts[0].hits);
        free(state);
        return hits;
    }
    void reopen()
    {
        mcpi_checkpoint_close(checkpoint);
        ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_OK) << error.message;
    }
    std::string note()
    {
        char text[500] = "";
        mcpi_checkpoint_note(checkpoint, text, sizeof text);
        return text;
    }
    std::set<std::string> names()
    {
        std::set<std::string> all;
        for (const auto &entry : std::filesystem::directory_iterator(folder))
            all.insert(entry.path().filename());
        return all;
    }
    std::string folder, file;
    mcpi_checkpoint *checkpoint = nullptr;
    mcpi_error error{};
};

TEST_F(Checkpoint, EachSaveKeepsTheOneBefore)
{
    for (uint64_t hits = 1; hits < 5; hits++) {
        ASSERT_EQ(save(hits), MCPI_OK);
        EXPECT_EQ(hits_in(file), static_cast<int64_t>(hits));
        EXPECT_EQ(hits_in(file + ".previous"), hits > 1 ? static_cast<int64_t>(hits) - 1 : -1);
    }
}

TEST_F(Checkpoint, NoFailureHarmsTheLastGoodOne)
{
    ASSERT_EQ(save(1), MCPI_OK);
    ASSERT_EQ(save(2), MCPI_OK);
    const std::vector<std::pair<std::function<void()>, std::string>> troubles = {
        {[] { trouble.writes_left = 0; }, "No space left on device"},
        {[] { trouble.writes_left = 1, trouble.most_bytes = 5; }, "No space left on device"},
        {[] { trouble.fsync_fails = true; }, "Input/output error"},
        {[] { trouble.close_fails = true; }, "Disk quota exceeded"},
        {[] { trouble.rename_fails = true; }, "Permission denied"},
        {[] { trouble.open_fails = true; }, "Read-only file system"}};
    for (const auto &[cause, reason] : troubles) {
        cause();
        EXPECT_EQ(save(3), MCPI_SYSTEM);
        EXPECT_EQ(std::string(error.message), "checkpoint " + file + ": cannot be saved: " + reason);
        trouble = {};
        EXPECT_EQ(hits_in(file), 2) << reason;
        EXPECT_NE(hits_in(file + ".previous"), -1);
    }
    EXPECT_EQ(save(4), MCPI_OK);
    EXPECT_EQ(hits_in(file), 4);
}

TEST_F(Checkpoint, ShortAndInterruptedWritesAreGoneOnWith)
{
    trouble.most_bytes = 7;
    trouble.interruptions = 3;
    ASSERT_EQ(save(5), MCPI_OK);
    EXPECT_EQ(hits_in(file), 5);
}

TEST_F(Checkpoint, WithoutLinksThePreviousOneIsKeptAllTheSame)
{
    trouble.no_links = true;
    ASSERT_EQ(save(1), MCPI_OK);
    ASSERT_EQ(save(2), MCPI_OK);
    EXPECT_EQ(hits_in(file), 2);
    EXPECT_EQ(hits_in(file + ".previous"), 1);
}

TEST_F(Checkpoint, ADamagedOneOffersTheOneBefore)
{
    ASSERT_EQ(save(1), MCPI_OK);
    ASSERT_EQ(save(2), MCPI_OK);
    ASSERT_EQ(truncate(file.c_str(), 100), 0);
    EXPECT_EQ(hits_in(file), -1);
    EXPECT_EQ(std::string(error.message),
              "checkpoint " + file + ": cut short; the previous one is intact: " + file + ".previous");
    EXPECT_EQ(hits_in(file + ".previous"), 1);
    ASSERT_EQ(truncate((file + ".previous").c_str(), 0), 0);
    EXPECT_EQ(hits_in(file), -1);
    EXPECT_EQ(std::string(error.message), "checkpoint " + file + ": cut short");
}

TEST_F(Checkpoint, HasOneWriter)
{
    auto *second = reinterpret_cast<mcpi_checkpoint *>(this); /* it is set in any case */
    EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &second, &error), MCPI_BAD_OPTION);
    EXPECT_EQ(second, nullptr);
    EXPECT_EQ(std::string(error.message), "checkpoint " + file + ": another run is writing it");
    mcpi_checkpoint_close(checkpoint);
    EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_OK);
}

TEST(CheckpointNames, ThatWillNotDoAreRefused)
{
    mcpi_checkpoint *checkpoint = nullptr;
    mcpi_state *state = nullptr;
    mcpi_error error;
    const std::string too_long(5000, 'x');
    for (const char *name : {"", "/no/such/folder/run", "/proc/run", too_long.c_str()}) {
        EXPECT_EQ(mcpi_checkpoint_open(name, &checkpoint, &error), MCPI_BAD_OPTION) << name;
        EXPECT_EQ(checkpoint, nullptr);
        EXPECT_EQ(mcpi_checkpoint_load(name, &state, &error), MCPI_BAD_OPTION) << name;
    }
    EXPECT_EQ(mcpi_checkpoint_load("/tmp", &state, &error), MCPI_BAD_OPTION);
    EXPECT_EQ(mcpi_checkpoint_load("/dev/zero", &state, &error), MCPI_BAD_OPTION);
    EXPECT_EQ(std::string(error.message), "checkpoint /dev/zero: cannot be read: not a regular file");
}

TEST_F(Checkpoint, AWriteOfNothingIsAFullDisk)
{
    trouble.empty_write = true;
    EXPECT_EQ(save(1), MCPI_SYSTEM);
    EXPECT_EQ(std::string(error.message), "checkpoint " + file + ": cannot be saved: No space left on device");
    EXPECT_EQ(names(), std::set<std::string>{"run.lock"});
}

/* "The one before it" of a damaged file is the only one: it stays until the file is whole, whenever the process dies.
 */
TEST_F(Checkpoint, OneWholeFileIsThereAfterEveryCall)
{
    for (const bool no_links : {false, true})
        for (const bool no_unnamed : {false, true})
            for (const bool mounted : {false, true}) {
                int calls = 0;
                for (bool dead = true; dead; calls++) {
                    SCOPED_TRACE(std::to_string(calls) + (no_links ? " no links" : "") + (mounted ? " mounted" : ""));
                    trouble = {};
                    ASSERT_EQ(save(1), MCPI_OK);
                    std::filesystem::copy_file(file, file + ".previous",
                                               std::filesystem::copy_options::overwrite_existing);
                    ASSERT_EQ(truncate(file.c_str(), 100), 0);
                    reopen();
                    trouble.no_links = no_links;
                    trouble.no_unnamed = no_unnamed;
                    trouble.mounted = mounted ? file : "";
                    trouble.most_bytes = 90;
                    trouble.calls_left = calls;
                    const bool saved = save(2) == MCPI_OK && save(3) == MCPI_OK;
                    dead = trouble.calls_left == 0;
                    trouble.calls_left = -1;
                    const int64_t now = hits_in(file);
                    const int64_t before = hits_in(file + ".previous");
                    ASSERT_TRUE(now > 0 || before > 0);
                    ASSERT_TRUE(!saved || dead || (now == 3 && before == 2)) << now << before;
                }
                EXPECT_GT(calls, 15);
                trouble = {};
                reopen();
                EXPECT_LE(names().size(), 3U) << "temporary files have gathered";
            }
}

/* Counts of the first two states have been withdrawn. */
TEST_F(Checkpoint, AStateThatSupersedesOthersLeavesNoneOfThem)
{
    for (const bool no_links : {false, true})
        for (const bool mounted : {false, true}) {
            SCOPED_TRACE(std::string(no_links ? "no links" : "") + (mounted ? " mounted" : ""));
            trouble = {};
            unlink(file.c_str());
            unlink((file + ".previous").c_str());
            reopen();
            ASSERT_EQ(save(1), MCPI_OK);
            reopen();
            trouble.no_links = no_links;
            trouble.mounted = mounted ? file : "";
            ASSERT_EQ(save(2), MCPI_OK);
            EXPECT_EQ(hits_in(file + ".previous"), 1);
            trouble.writes_left = 0;
            EXPECT_EQ(save(3, true), MCPI_SYSTEM);
            trouble.writes_left = -1;
            ASSERT_EQ(save(4), MCPI_OK) << "it makes up for the one that failed";
            EXPECT_EQ(hits_in(file), 4);
            EXPECT_EQ(hits_in(file + ".previous"), mounted ? 4 : -1);
            ASSERT_EQ(save(5), MCPI_OK);
            EXPECT_EQ(hits_in(file + ".previous"), 4);
        }
}

TEST_F(Checkpoint, AFileThatCannotBeReplacedIsWrittenInPlaceAndThatIsSaidOnce)
{
    ASSERT_EQ(save(1), MCPI_OK);
    reopen();
    EXPECT_EQ(note(), "");
    trouble.mounted = file;
    struct stat before {
    };
    struct stat after {
    };
    ASSERT_EQ(stat(file.c_str(), &before), 0);
    ASSERT_EQ(save(2), MCPI_OK);
    EXPECT_EQ(note(),
              "checkpoint " + file +
                  ": cannot be replaced atomically, so it is written in place: a crash can leave it incomplete");
    ASSERT_EQ(save(3), MCPI_OK);
    EXPECT_EQ(note(), "");
    ASSERT_EQ(stat(file.c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
    EXPECT_EQ(hits_in(file), 3);
    EXPECT_EQ(hits_in(file + ".previous"), 2);
}

/* What is left of a write in place must not become the one before. */
TEST_F(Checkpoint, HalfAFileInPlaceDoesNotReplaceTheOneBefore)
{
    ASSERT_EQ(save(1), MCPI_OK);
    ASSERT_EQ(save(2), MCPI_OK);
    reopen();
    trouble.mounted = file;
    trouble.most_bytes = 20;
    ASSERT_EQ(save(3), MCPI_OK);
    for (int writes = 0; writes < 30; writes++) {
        trouble.writes_left = writes;
        const bool saved = save(4) == MCPI_OK;
        trouble.writes_left = -1;
        ASSERT_TRUE(saved ? hits_in(file) == 4 : std::max(hits_in(file), hits_in(file + ".previous")) >= 2) << writes;
    }
}

TEST_F(Checkpoint, FollowsLinks)
{
    const std::string link = folder + "/link";
    mcpi_checkpoint_close(checkpoint);
    ASSERT_EQ(symlink("run", link.c_str()), 0);
    for (int opened = 0; opened < 2; opened++) { /* a dangling link, and one to a file */
        ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, link.c_str(), &checkpoint, &error), MCPI_OK) << error.message;
        EXPECT_EQ(access((file + ".lock").c_str(), F_OK), 0);
        ASSERT_EQ(save(1), MCPI_OK);
        mcpi_checkpoint_close(checkpoint);
    }
    ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, link.c_str(), &checkpoint, &error), MCPI_OK);
    ASSERT_EQ(save(2), MCPI_OK);
    EXPECT_EQ(names(), (std::set<std::string>{"link", "run", "run.lock", "run.previous"}));
    EXPECT_EQ(hits_in(link), 2);
    ASSERT_EQ(truncate(file.c_str(), 100), 0);
    EXPECT_EQ(hits_in(link), -1);
    EXPECT_NE(std::string(error.message).find("the previous one is intact: " + file + ".previous"), std::string::npos);
    unlink(link.c_str());
}

TEST_F(Checkpoint, PlantedNamesLeadToNoVictim)
{
    const std::string victim = folder + "/victim";
    mcpi_checkpoint_close(checkpoint);
    checkpoint = nullptr;
    std::ofstream(victim) << "precious";
    for (const char *suffix : {".lock", ".previous"}) {
        const std::string planted = file + suffix;
        ASSERT_EQ(symlink("victim", planted.c_str()), 0);
        EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_BAD_OPTION) << suffix;
        unlink(planted.c_str());
    }
    for (const char *content : {"", "precious"}) {
        std::ofstream(victim) << content;
        ASSERT_EQ(link(victim.c_str(), (file + ".lock").c_str()), 0);
        EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_BAD_OPTION);
        unlink((file + ".lock").c_str());
    }
    std::ofstream(file + ".lock") << "a file of somebody else";
    EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_BAD_OPTION);
    EXPECT_EQ(std::string(error.message), "checkpoint " + file + ": cannot be written: " + file +
                                              ".lock: not a lock file of mcpi; move or remove it");
    EXPECT_EQ(names(), (std::set<std::string>{"run.lock", "victim"}));
    std::ifstream kept(victim);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "precious");
    unlink((file + ".lock").c_str());
    unlink(victim.c_str());
}

/* What a killed run leaves is named in its lock file; anything else that stands there is nobody's to remove. */
TEST_F(Checkpoint, RemovesTheTemporaryFileOfARunThatWasKilled)
{
    const std::string left = folder + "/mcpi-abcdefghijkl.tmp";
    const std::string other = folder + "/mcpi-bbcdefghijkl.tmp";
    mcpi_checkpoint_close(checkpoint);
    std::ofstream(file + ".lock") << "mcpi-abcdefghijkl.tmp\n";
    std::ofstream{left};
    std::ofstream{other};
    ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_OK) << error.message;
    EXPECT_EQ(names(), (std::set<std::string>{"mcpi-bbcdefghijkl.tmp", "run.lock"}));
    unlink(other.c_str());
}

TEST_F(Checkpoint, RemovesNothingIfNoRunWasKilled)
{
    EXPECT_EQ(trouble.removed, 0);
}

TEST_F(Checkpoint, GoesWithoutALockWhereThereIsNone)
{
    for (const int reason : {ENOSYS, ENOLCK, EOPNOTSUPP, EINVAL, 524}) {
        mcpi_checkpoint_close(checkpoint);
        trouble.no_locks = reason;
        ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_OK) << error.message;
        EXPECT_NE(access((file + ".lock").c_str(), F_OK), 0) << reason;
        EXPECT_NE(note().find("not locked against other runs"), std::string::npos);
        EXPECT_EQ(note(), "");
        EXPECT_EQ(save(1), MCPI_OK);
    }
    mcpi_checkpoint_close(checkpoint);
    checkpoint = nullptr;
    trouble.no_locks = EIO;
    EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_BAD_OPTION);
    unlink((file + ".lock").c_str());
}

/* The run before removes its lock file when it ends: a lock on that is a lock on nothing. */
TEST_F(Checkpoint, LocksTheFileThatIsThere)
{
    mcpi_checkpoint *second = nullptr;
    mcpi_checkpoint_close(checkpoint);
    trouble.planted = file + ".lock";
    ASSERT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_OK);
    EXPECT_EQ(mcpi_checkpoint_open(file.c_str(), &second, &error), MCPI_BAD_OPTION);
}

TEST_F(Checkpoint, KeepsThePermissionsOfTheFile)
{
    struct stat now {
    };
    ASSERT_EQ(save(1), MCPI_OK);
    ASSERT_EQ(chmod(file.c_str(), 0640), 0);
    reopen();
    ASSERT_EQ(save(2), MCPI_OK);
    ASSERT_EQ(stat(file.c_str(), &now), 0);
    EXPECT_EQ(now.st_mode & 07777, 0640U);
}

TEST_F(Checkpoint, TheLockFileHasThePermissionsOfAnyNewFile)
{
    struct stat now {
    };
    mcpi_checkpoint_close(checkpoint);
    const mode_t before = umask(0);
    EXPECT_EQ(mcpi_checkpoint_open_on(&troubled, file.c_str(), &checkpoint, &error), MCPI_OK) << error.message;
    umask(before);
    ASSERT_EQ(stat((file + ".lock").c_str(), &now), 0);
    EXPECT_EQ(now.st_mode & 07777, 0666U);
}

/* A name is refused unless all the names beside it fit. */
TEST_F(Checkpoint, TheLongestNameIsTheOneWhosePreviousFits)
{
    const size_t longest = NAME_MAX - std::strlen(".previous");
    for (const size_t length : {longest, longest + 1, static_cast<size_t>(NAME_MAX)}) {
        const std::string name = folder + "/" + std::string(length, 'x');
        mcpi_checkpoint *named = nullptr;
        const mcpi_status status = mcpi_checkpoint_open_on(&troubled, name.c_str(), &named, &error);
        ASSERT_EQ(status, length == longest ? MCPI_OK : MCPI_BAD_OPTION) << length;
        if (status != MCPI_OK)
            continue;
        const State whole({{10, 1000, 1}});
        EXPECT_EQ(mcpi_checkpoint_save(named, &whole.state, &error), MCPI_OK);
        EXPECT_EQ(mcpi_checkpoint_save(named, &whole.state, &error), MCPI_OK);
        mcpi_checkpoint_close(named);
        unlink(name.c_str());
        unlink((name + ".previous").c_str());
    }
}

} // namespace
