/*
 * Runs a fuzz target without libFuzzer: each file of its corpus, then inputs made from them, always the same ones.
 *
 *     fuzz_NAME FOLDER          the corpus and its mutations
 *     fuzz_NAME FILE            one input, as one that failed
 *
 * The input that ends the program is left behind in the current folder, as libFuzzer does: crash-input.
 */
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

namespace
{

using Bytes = std::vector<uint8_t>;

constexpr size_t mutations = 20000, longest = 4096;

/* For the signal handler. */
const Bytes *current;

void keep_input(int signal)
{
    const int file = open("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file >= 0 && write(file, current->data(), current->size()) < 0)
        _exit(2);
    std::signal(signal, SIG_DFL);
    raise(signal);
}

void feed(const Bytes &input)
{
    current = &input;
    /* As large as the input, so that a sanitizer sees a read beyond its end. */
    const Bytes exact(input);
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Bytes read(const std::filesystem::path &name)
{
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Bytes> read_all(const std::filesystem::path &folder)
{
    std::vector<std::filesystem::path> names;
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        names.push_back(entry.path());
    std::sort(names.begin(), names.end());
    std::vector<Bytes> inputs;
    std::transform(names.begin(), names.end(), std::back_inserter(inputs), read);
    return inputs;
}

class Mutator
{
  public:
    explicit Mutator(const std::vector<Bytes> &corpus) : corpus(corpus)
    {
    }
    Bytes next()
    {
        Bytes input = any();
        for (size_t change = 0; change <= below(4); change++)
            mutate(input);
        input.resize(std::min(input.size(), longest));
        return input;
    }

  private:
    size_t below(size_t end)
    {
        return random() % end;
    }
    const Bytes &any()
    {
        return corpus[below(corpus.size())];
    }
    void mutate(Bytes &input)
    {
        const size_t at = below(input.size() + 1);
        const size_t end = at + below(input.size() - at + 1);
        const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(5)) {
        case 0: /* a bit */
            if (at < input.size())
                *begin ^= static_cast<uint8_t>(1U << below(8));
            break;
        case 1: /* a byte more */
            input.insert(begin, static_cast<uint8_t>(below(4) > 0 ? '0' + below(10) : below(256)));
            break;
        case 2: /* a piece less */
            input.erase(begin, input.begin() + static_cast<std::ptrdiff_t>(end));
            break;
        case 3: { /* a piece twice */
            const Bytes piece(begin, input.begin() + static_cast<std::ptrdiff_t>(end));
            input.insert(begin, piece.begin(), piece.end());
            break;
        }
        default: { /* the rest from another */
            const Bytes &other = any();
            input.resize(at);
            input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1)),
                         other.end());
        }
        }
    }
    const std::vector<Bytes> &corpus;
    std::minstd_rand random;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s FOLDER|FILE\n", argv[0]);
        return 2;
    }
    std::signal(SIGABRT, keep_input);
    std::signal(SIGSEGV, keep_input);
    if (!std::filesystem::is_directory(argv[1])) {
        feed(read(argv[1]));
        return 0;
    }
    const std::vector<Bytes> corpus = read_all(argv[1]);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s: no corpus\n", argv[1]);
        return 2;
    }
    std::for_each(corpus.begin(), corpus.end(), feed);
    Mutator mutator(corpus);
    for (size_t i = 0; i < mutations; i++)
        feed(mutator.next());
    std::printf("%zu inputs and %zu made from them\n", corpus.size(), mutations);
}
