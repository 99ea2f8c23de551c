/* Writing files: what a name refers to, and that a file is replaced atomically, with nothing left beside it. */
#include <gtest/gtest.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/replace.h"
#include "core/target.h"
#include "core/temporary.h"

namespace
{

namespace fs = std::filesystem;

/* What the next calls are to do: an errno each, or 0. */
struct Trouble {
    int unnamed = 0, link_open = 0, rename = 0, write = 0, create = 0;
} trouble;

int fail_with(int reason)
{
    errno = reason;
    return -1;
}

mcpi_files troubled()
{
    mcpi_files files = mcpi_posix_files;
    files.open = [](const char *name, int flags, mode_t mode) {
        if ((flags & O_TMPFILE) == O_TMPFILE && trouble.unnamed != 0)
            return fail_with(trouble.unnamed);
        if ((flags & (O_CREAT | O_TMPFILE)) != 0 && (flags & O_ACCMODE) != O_RDONLY && trouble.create != 0)
            return fail_with(trouble.create);
        return open(name, flags, mode);
    };
    files.write = [](int file, const void *bytes, size_t count) -> ssize_t {
        return trouble.write != 0 ? fail_with(trouble.write) : write(file, bytes, count);
    };
    files.link_open = [](int file, const char *name) {
        return trouble.link_open != 0 ? fail_with(trouble.link_open) : mcpi_posix_files.link_open(file, name);
    };
    files.rename = [](const char *from, const char *to) {
        return trouble.rename != 0 ? fail_with(trouble.rename) : rename(from, to);
    };
    return files;
}

/* In a folder of its own, which is the current one. */
class Files : public testing::Test
{
  protected:
    void SetUp() override
    {
        trouble = {};
        std::string name = testing::TempDir() + "mcpi-files-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder = name;
        fs::current_path(folder);
    }
    void TearDown() override
    {
        fs::current_path("/");
        fs::remove_all(folder);
    }
    static std::string content(const std::string &name)
    {
        std::ifstream in(name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static size_t names()
    {
        return static_cast<size_t>(std::distance(fs::directory_iterator("."), {}));
    }
    /* As a command does it. */
    static bool replace(const char *name, const std::string &text, mode_t mode = 0)
    {
        const mcpi_files files = troubled();
        mcpi_target target;
        return mcpi_target_resolve(name, &target) && mcpi_target_try(&files, &target) &&
               mcpi_replace(&files, &target, mode, text.data(), text.size());
    }
    static int reason_of(const char *name)
    {
        mcpi_target target;
        errno = 0;
        return mcpi_target_resolve(name, &target) ? 0 : errno;
    }
    static mcpi_target resolved(const std::string &name)
    {
        mcpi_target target;
        EXPECT_TRUE(mcpi_target_resolve(name.c_str(), &target)) << name << ": " << strerror(errno);
        return target;
    }
    std::string folder;
};

TEST_F(Files, AreReplacedInEveryWayThatAFileSystemKnows)
{
    for (const Trouble &way :
         {Trouble{}, Trouble{EOPNOTSUPP, 0, 0, 0, 0}, Trouble{EISDIR, 0, 0, 0, 0}, Trouble{0, ENOENT, 0, 0, 0}}) {
        trouble = way;
        ASSERT_TRUE(replace("file", "first, and long")) << strerror(errno);
        ASSERT_TRUE(replace("file", "second"));
        EXPECT_EQ(content("file"), "second");
        EXPECT_EQ(names(), 1U);
        fs::remove("file");
    }
}

TEST_F(Files, AreAsTheyWereAfterAFailure)
{
    ASSERT_TRUE(replace("file", "old"));
    for (const int unnamed : {0, EOPNOTSUPP}) {
        for (const Trouble &failure : {Trouble{unnamed, 0, EACCES, 0, 0}, Trouble{unnamed, 0, 0, ENOSPC, 0}}) {
            trouble = failure;
            errno = 0;
            EXPECT_FALSE(replace("file", "new"));
            EXPECT_EQ(errno, failure.rename + failure.write);
            EXPECT_EQ(content("file"), "old");
            EXPECT_EQ(names(), 1U);
        }
    }
}

TEST_F(Files, ThatCannotBeReplacedAreWrittenInPlace)
{
    struct stat before {
    };
    struct stat after {
    };
    ASSERT_TRUE(replace("file", "old, and longer"));
    ASSERT_EQ(stat("file", &before), 0);
    for (const Trouble &failure : {Trouble{0, 0, EBUSY, 0, 0}, Trouble{0, 0, EXDEV, 0, 0}, Trouble{0, 0, EPERM, 0, 0},
                                   Trouble{EACCES, 0, 0, 0, EACCES}, Trouble{EROFS, 0, 0, 0, EROFS}}) {
        trouble = failure;
        ASSERT_TRUE(replace("file", "new")) << strerror(errno);
        ASSERT_EQ(stat("file", &after), 0);
        EXPECT_EQ(before.st_ino, after.st_ino);
        EXPECT_EQ(content("file"), "new");
        EXPECT_EQ(names(), 1U);
    }
    EXPECT_FALSE(replace("other", "new")) << "there is no file that could be written";
    EXPECT_EQ(names(), 1U);
}

TEST_F(Files, AreWrittenWhereStandardInputIsClosed)
{
    const int standard_input = dup(STDIN_FILENO);
    ASSERT_TRUE(replace("file", "old"));
    for (const Trouble &way : {Trouble{}, Trouble{EOPNOTSUPP, 0, 0, 0, 0}, Trouble{0, 0, EBUSY, 0, 0}}) {
        trouble = way;
        close(STDIN_FILENO);
        EXPECT_TRUE(replace("file", "new")) << strerror(errno);
        EXPECT_EQ(dup2(standard_input, STDIN_FILENO), STDIN_FILENO);
        EXPECT_EQ(content("file"), "new");
        EXPECT_EQ(names(), 1U);
    }
    close(standard_input);
}

TEST_F(Files, HaveTheModeThatIsAskedFor)
{
    const auto mode_of = [](const char *name) {
        struct stat now {
        };
        return stat(name, &now) == 0 ? now.st_mode & 07777 : 0;
    };
    const mode_t mask = umask(077);
    EXPECT_TRUE(replace("file", "text"));
    EXPECT_EQ(mode_of("file"), 0600U);
    EXPECT_TRUE(replace("file", "text", 0644));
    EXPECT_EQ(mode_of("file"), 0600U) << "it keeps what it has";
    EXPECT_TRUE(replace("other", "text", 0644));
    EXPECT_EQ(mode_of("other"), 0644U);
    umask(mask);
}

/* A name that is there, a link for one, is not opened. */
TEST_F(Files, TemporaryOnesAreNew)
{
    const mcpi_files files = troubled();
    ASSERT_TRUE(replace("victim", "precious"));
    ASSERT_EQ(symlink("victim", "planted"), 0);
    ASSERT_EQ(symlink("nothing", "dangling"), 0);
    for (const int unnamed : {0, EOPNOTSUPP}) {
        trouble.unnamed = unnamed;
        for (const char *name : {"victim", "planted", "dangling"}) {
            EXPECT_FALSE(mcpi_temporary_write(&files, name, nullptr, 0, "evil", 4)) << name;
            EXPECT_EQ(errno, EEXIST);
        }
    }
    EXPECT_EQ(content("victim"), "precious");
    EXPECT_EQ(names(), 3U);
}

TEST_F(Files, NobodyForeseesATemporaryName)
{
    char one[PATH_MAX];
    char other[PATH_MAX];
    ASSERT_TRUE(mcpi_temporary_name("some/file", one));
    ASSERT_TRUE(mcpi_temporary_name("some/file", other));
    EXPECT_STRNE(one, other);
    EXPECT_EQ(std::string(one).rfind("some/mcpi-", 0), 0U);
    EXPECT_TRUE(mcpi_temporary_is_name(one + std::strlen("some/")));
    for (const char *name : {"", "run", "mcpi-abcdefghijkl", "mcpi-abcdefghijk1.tmp", "mcpi-abcdefg/ijkl.tmp",
                             "mcpi-abcdefghijklm.tmp", "xcpi-abcdefghijkl.tmp", "mcpi-abcdefghijkl.tmq"})
        EXPECT_FALSE(mcpi_temporary_is_name(name)) << name;
    const std::string deep(PATH_MAX - MCPI_TEMPORARY_SIZE - 1, 'x');
    EXPECT_TRUE(mcpi_temporary_name((deep + "/y").c_str(), one));
    EXPECT_FALSE(mcpi_temporary_name((deep + "x/y").c_str(), one));
    EXPECT_EQ(errno, ENAMETOOLONG);
}

TEST_F(Files, AreWhereTheLinksLead)
{
    fs::create_directory("deep");
    fs::create_symlink("deep/b", "a");
    fs::create_symlink("../c", "deep/b");
    fs::create_symlink("deep", "also");
    EXPECT_EQ(resolved("a").path, std::string("deep/../c"));
    EXPECT_FALSE(resolved("a").exists);
    EXPECT_EQ(resolved("also/b").path, std::string("also/../c")) << "the kernel takes it from there";
    fs::create_symlink(folder + "/c", "absolute");
    EXPECT_EQ(resolved("absolute").path, folder + "/c");
    fs::create_symlink("/dev/null", "null");
    EXPECT_EQ(resolved("null").kind, MCPI_TARGET_STREAM);
    fs::create_symlink("/dev/fd/2", "errors");
    EXPECT_EQ(resolved("errors").descriptor, 2);
    fs::create_symlink("loop", "loop");
    EXPECT_EQ(reason_of("loop"), ELOOP);
    EXPECT_EQ(reason_of("deep"), EISDIR);
    EXPECT_EQ(reason_of("new/"), EISDIR);
    EXPECT_EQ(reason_of(""), ENOENT);
    EXPECT_EQ(reason_of("no/folder"), 0) << "the attempt to write finds that out";
    EXPECT_EQ(reason_of(std::string(PATH_MAX, 'x').c_str()), ENAMETOOLONG);
    EXPECT_EQ(reason_of(std::string(NAME_MAX + 1, 'x').c_str()), ENAMETOOLONG);
}

TEST_F(Files, LinksOfOthersInSharedFoldersAreRefused)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "only root can give a link to somebody else";
    ASSERT_TRUE(replace("victim", "precious"));
    fs::create_directory("shared");
    ASSERT_EQ(chmod("shared", 01777), 0);
    for (const auto &[to, name] : {std::pair{"../victim", "shared/planted"}, std::pair{"../new", "shared/dangling"}}) {
        fs::create_symlink(to, name);
        ASSERT_EQ(lchown(name, 65534, 65534), 0);
        EXPECT_EQ(reason_of(name), EACCES) << name;
        EXPECT_FALSE(replace(name, "evil"));
    }
    EXPECT_EQ(content("victim"), "precious");
}

TEST_F(Files, OfOthersInSharedFoldersAreWrittenInPlace)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    ASSERT_EQ(chmod(".", 0755), 0);
    fs::create_directory("shared");
    ASSERT_EQ(chmod("shared", 01777), 0);
    ASSERT_TRUE(replace("shared/file", "old"));
    ASSERT_EQ(chmod("shared/file", 0666), 0);
    ASSERT_EQ(seteuid(65534), 0);
    mcpi_target target = resolved("shared/file");
    const bool can_be_written = mcpi_target_try(&mcpi_posix_files, &target);
    const bool written = replace("shared/file", "new");
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_TRUE(can_be_written);
    EXPECT_EQ(target.kind, MCPI_TARGET_IN_PLACE);
    EXPECT_TRUE(written);
    EXPECT_EQ(content("shared/file"), "new");
}

/* A file that changes its owner must not run with the rights of the new one. */
TEST_F(Files, ThatCannotKeepTheirOwnerLoseTheSetUserIdBit)
{
    struct stat now {
    };
    if (geteuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    ASSERT_EQ(chmod(".", 0777), 0);
    ASSERT_TRUE(replace("file", "old"));
    ASSERT_EQ(chmod("file", 06777), 0);
    ASSERT_EQ(seteuid(65534), 0);
    const bool written = replace("file", "new");
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_TRUE(written);
    ASSERT_EQ(stat("file", &now), 0);
    EXPECT_EQ(now.st_uid, 65534U);
    EXPECT_EQ(now.st_mode & 07777, 0777U);
}

TEST_F(Files, OfDescriptorsAreThoseOfThisProcess)
{
    const int file = open("file", O_CREAT | O_WRONLY, 0666);
    const int reader = open("file", O_RDONLY);
    const std::string number = std::to_string(file);
    for (const std::string &name :
         {"/dev/fd/" + number, "/proc/self/fd/" + number, "/proc/" + std::to_string(getpid()) + "/fd/" + number,
          "/proc/thread-self/fd/" + number, "/dev/../dev//fd/" + number})
        EXPECT_EQ(resolved(name).descriptor, file) << name;
    EXPECT_EQ(resolved("-").descriptor, 1);
    EXPECT_EQ(reason_of(("/dev/fd/" + std::to_string(reader)).c_str()), EBADF);
    EXPECT_EQ(reason_of("/dev/fd/999"), EBADF);
    EXPECT_EQ(reason_of("/dev/fd/99999999999999999999"), EBADF);
    close(reader);
    close(file);
}

/* Its links are not names: the file may have another one by now. */
TEST_F(Files, ThatAnotherProcessHasOpenAreNotReplaced)
{
    const int file = open("file", O_CREAT | O_WRONLY, 0666);
    const pid_t child = fork();
    if (child == 0)
        pause();
    const std::string name = "/proc/" + std::to_string(child) + "/fd/" + std::to_string(file);
    EXPECT_EQ(resolved(name).kind, MCPI_TARGET_IN_PLACE);
    EXPECT_TRUE(replace(name.c_str(), "text")) << strerror(errno);
    EXPECT_EQ(content("file"), "text");
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(file);
}

TEST_F(Files, AreTheSameUnderOtherNames)
{
    ASSERT_TRUE(replace("file", "text"));
    fs::create_hard_link("file", "hard");
    fs::create_symlink("file", "soft");
    fs::create_directory("deep");
    fs::create_symlink("../new", "deep/new");
    const auto same = [](const char *a, const char *b) {
        const mcpi_target of_a = resolved(a);
        const mcpi_target of_b = resolved(b);
        EXPECT_EQ(mcpi_target_same(&of_a, &of_b), mcpi_target_same(&of_b, &of_a));
        return mcpi_target_same(&of_a, &of_b);
    };
    for (const char *name : {"file", "./file", "deep/../file", "hard", "soft"})
        EXPECT_TRUE(same("file", name)) << name;
    for (const char *name : {"new", "./new", "deep/new"})
        EXPECT_TRUE(same("new", name)) << name;
    EXPECT_FALSE(same("new", "deep/other"));
    EXPECT_FALSE(same("new", "file"));
    EXPECT_FALSE(same("/dev/null", "/dev/null"));
    EXPECT_TRUE(same("-", "/dev/stdout"));
    const int file = open("file", O_WRONLY);
    EXPECT_TRUE(same("file", ("/dev/fd/" + std::to_string(file)).c_str()));
    close(file);
}

TEST_F(Files, SocketsAreRefused)
{
    sockaddr address{};
    const int socket_file = socket(AF_UNIX, SOCK_STREAM, 0);
    address.sa_family = AF_UNIX;
    std::strcpy(address.sa_data, "socket");
    ASSERT_EQ(bind(socket_file, &address, sizeof address), 0);
    EXPECT_EQ(reason_of("socket"), ENXIO);
    close(socket_file);
}

} // namespace
