#include "cli/args/options.h"

#include <stdarg.h>
#include <string.h>

#include "cli/args/suggest.h"
#include "cli/io/plot.h"
#include "core/affinity.h"
#include "mcpi/dart.h"

bool usage_fail(usage_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- the options of a command ---- */

static const cli_option option_json =
    CLI_OPTION("json", 0, NULL, OPTION_CONSTANT, format, "print the result as JSON", .constant = REPORT_JSON);
static const cli_option option_csv =
    CLI_OPTION("csv", 0, NULL, OPTION_CONSTANT, format, "print the table as CSV", .constant = REPORT_CSV);
static const cli_option option_markdown = CLI_OPTION("markdown", 0, NULL, OPTION_CONSTANT, format,
                                                     "print the table as Markdown", .constant = REPORT_MARKDOWN);
static const cli_option option_outputs = CLI_OPTION("output", 'o', "FILE", OPTION_FILES, outputs, NULL);
static const cli_option option_output = CLI_OPTION("output", 'o', "FILE", OPTION_FILE, output, NULL);
static const cli_option option_help = CLI_OPTION("help", 'h', NULL, OPTION_FLAG, help, "show this help");
static const cli_option option_version = CLI_OPTION("version", 'V', NULL, OPTION_FLAG, version, NULL);

/* Commands do not list these themselves, so only those that have a format can have its option. */
static const option_use json_options[] = {
    {&option_json, NULL}, {&option_outputs, "also write JSON to FILE, atomically; can be repeated"}, {NULL, NULL}};
static const option_use table_options[] = {
    {&option_json, NULL},
    {&option_csv, NULL},
    {&option_markdown, NULL},
    {&option_outputs, "also write FILE.json, .csv, .md, .txt, .svg or .png;\nFILE: JSON; can be repeated"},
    {NULL, NULL}};
static const option_use print_options[] = {{&option_output, "write to FILE, not to standard output"}, {NULL, NULL}};
static const option_use general_options[] = {{&option_help, NULL}, {&option_version, NULL}, {NULL, NULL}};

static const option_use *output_options(const cli_command *command)
{
    if (!command->report)
        return print_options;
    return command->formats >> REPORT_CSV & 1U ? table_options : json_options;
}

const cli_command *command_at(const cli_program *program, unsigned place)
{
    const cli_command *const *command = program->commands;
    while (*command && ((program->with_mpi && !(*command)->with_mpi) || place-- > 0))
        command++;
    return *command;
}

const option_use *option_at(const cli_command *command, unsigned place)
{
    const option_use *const lists[] = {command->options, output_options(command), general_options, NULL};
    for (const option_use *const *list = lists; *list; list++)
        for (const option_use *use = *list; use->option || use->help; use++)
            if (place-- == 0)
                return use;
    return NULL;
}

const char *help_of(const option_use *use)
{
    return use->help ? use->help : use->option->help;
}

static bool is_word(const char *name, const char *word, size_t length)
{
    return strlen(name) == length && memcmp(name, word, length) == 0;
}

/* An option as typed. */
typedef struct spelling {
    const char *name; /* not ended by '\0' */
    size_t length;
    char letter; /* used instead of the name unless 0 */
} spelling;

static bool is_spelt(const cli_option *option, const spelling *s)
{
    if (s->letter)
        return option->letter == s->letter;
    return is_word(option->name, s->name, s->length);
}

/* NULL if the command does not have the option; `place` is its place in the list. */
static const cli_option *find_option(const cli_command *command, const spelling *s, unsigned *place)
{
    const option_use *use;
    for (*place = 0; (use = option_at(command, *place)); ++*place)
        if (use->option && is_spelt(use->option, s))
            return use->option;
    return NULL;
}

bool is_given(const cli_options *options, const char *name)
{
    unsigned place;
    return find_option(options->command, &(spelling){name, strlen(name), 0}, &place) && options->given >> place & 1U;
}

const char *checkpoint_of(const cli_options *options)
{
    return options->continued ? options->continued : options->checkpoint ? options->checkpoint : options->resume;
}

/* ---- texts of the library ---- */

/* The length of a prefix, if the text begins with it; otherwise 0. */
static size_t prefix_of(const char *text, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? length : 0;
}

/* The option of a command that sets a member of mcpi_options. */
static const cli_option *setter_in(const cli_command *command, const char *member, size_t length)
{
    const option_use *use;
    for (unsigned place = 0; (use = option_at(command, place)); place++)
        if (use->option && is_word(use->option->member + prefix_of(use->option->member, "run."), member, length))
            return use->option;
    return NULL;
}

/* The option of this command, or else of the first that has one, for a word as in "options.devices". NULL: none. */
static const cli_option *setter_of(const cli_options *options, const char *word, size_t length)
{
    const size_t prefix = prefix_of(word, "options.");
    if (prefix == 0 || length <= prefix)
        return NULL;
    const cli_option *setter = setter_in(options->command, word + prefix, length - prefix);
    for (const cli_command *const *command = options->program->commands; *command && !setter; command++)
        setter = setter_in(*command, word + prefix, length - prefix);
    return setter;
}

/* The command that prints the result of a function; NULL: none. */
static const cli_command *printer_of(const cli_program *program, const char *word, size_t length)
{
    for (const cli_command *const *command = program->commands; *command; command++)
        if ((*command)->function && is_word((*command)->function, word, length))
            return *command;
    return NULL;
}

enum { longest_text = 512, longest_name = 64 };

/* What users call a member or function. False if the word is neither, or has no other name. */
static bool find_name(const cli_options *options, const char *word, size_t length, char *name)
{
    const cli_option *const setter = setter_of(options, word, length);
    const cli_command *const printer = printer_of(options->program, word, length);
    if (setter)
        snprintf(name, longest_name, "--%s", setter->name);
    else if (printer) /* with several processes, mcpi-mpi does not have all commands */
        snprintf(name, longest_name, "'%s %s'", printer->with_mpi ? options->program->name : "mcpi", printer->name);
    return setter || printer;
}

static void append(char *text, const char *more, size_t length)
{
    const size_t used = strlen(text);
    snprintf(text + used, longest_text - used, "%.*s", (int)length, more);
}

void name_options(const cli_options *options, char *text, size_t size)
{
    char said[longest_text] = "";
    char name[longest_name];
    bool is_value = false;
    for (const char *word = text; *word;) {
        const size_t length = strcspn(word, " ");
        const size_t bare = strcspn(word, " :;,"); /* without punctuation behind it */
        const bool is_name = !is_value && bare + 1 >= length && find_name(options, word, bare, name);
        const char *const rest = word + (is_name ? bare : 0);
        const char *const next = word + length + strspn(word + length, " ");
        if (is_name)
            append(said, name, strlen(name));
        append(said, rest, (size_t)(next - rest));
        is_value = is_name && bare == length;
        word = next;
    }
    snprintf(text, size, "%s", said);
}

/* ---- values ---- */

static quantity_status store_darts(const char *value, uint64_t *field)
{
    const quantity_status status = parse_count(value, field);
    return status == QUANTITY_OK && *field > MCPI_DART_END ? QUANTITY_TOO_LARGE : status;
}

/* An enumeration has the size of an int. */
static quantity_status store_choice(const option_choice *choice, const char *value, size_t length, void *field)
{
    while (choice->name && (strlen(choice->name) != length || strncmp(choice->name, value, length) != 0))
        choice++;
    if (!choice->name)
        return QUANTITY_NOT_A_NUMBER;
    memcpy(field, &choice->value, sizeof choice->value);
    return QUANTITY_OK;
}

static bool is_in(const choice_list *list, int value)
{
    unsigned i = 0;
    while (i < list->count && list->values[i] != value)
        i++;
    return i < list->count;
}

static quantity_status store_choices(const option_choice *choices, const char *value, choice_list *list)
{
    for (list->count = 0;; value++) {
        const size_t length = strcspn(value, ",");
        int choice;
        const quantity_status status = store_choice(choices, value, length, &choice);
        if (status != QUANTITY_OK || is_in(list, choice))
            return status != QUANTITY_OK ? status : QUANTITY_REPEATED;
        list->values[list->count++] = choice;
        value += length;
        if (!*value)
            return QUANTITY_OK;
    }
}

static quantity_status store_rounds(const char *value, unsigned *field)
{
    const quantity_status status = parse_positive_int(value, field);
    return status == QUANTITY_OK && *field > cli_most_rounds ? QUANTITY_TOO_LARGE : status;
}

static quantity_status valid_if(bool valid)
{
    return valid ? QUANTITY_OK : QUANTITY_NOT_A_NUMBER;
}

static bool has_name(const kernel_list *list, const char *name)
{
    size_t i = 0;
    while (i < list->count && strcmp(list->names[i], name) != 0)
        i++;
    return i < list->count;
}

static quantity_status store_kernels(const char *value, kernel_list *list)
{
    for (list->count = 0;; value++) {
        const size_t length = strcspn(value, ",");
        char name[sizeof list->names[0]];
        if (length == 0 || length >= sizeof name)
            return QUANTITY_NOT_A_NUMBER;
        snprintf(name, sizeof name, "%.*s", (int)length, value);
        if (has_name(list, name))
            return QUANTITY_REPEATED;
        if (list->count == sizeof list->names / sizeof *list->names)
            return QUANTITY_TOO_MANY;
        memcpy(list->names[list->count++], name, sizeof name);
        value += length;
        if (!*value)
            return QUANTITY_OK;
    }
}

static quantity_status store_file(const char *value, name_list *list)
{
    if (list->count == report_most_files)
        return QUANTITY_TOO_MANY;
    list->names[list->count++] = value;
    return valid_if(*value);
}

/* An invalid value may be stored, too, because the program then ends. */
static quantity_status store(const cli_option *option, const char *value, void *field)
{
    switch (option->kind) {
    case OPTION_FILE:
    case OPTION_DEVICES:
    case OPTION_KERNEL:
        *(const char **)field = value;
        return valid_if(*value);
    case OPTION_KERNELS:
        return store_kernels(value, field);
    case OPTION_FILES:
        return store_file(value, field);
    case OPTION_CONSTANT:
        memcpy(field, &option->constant, sizeof option->constant);
        return QUANTITY_OK;
    case OPTION_PICTURE:
        *(const char **)field = value;
        return valid_if(plot_takes_name(value));
    case OPTION_CHOICE:
        return store_choice(option->choices, value, strlen(value), field);
    case OPTION_CHOICES:
        return store_choices(option->choices, value, field);
    case OPTION_DARTS:
        return store_darts(value, field);
    case OPTION_WORD:
        return parse_word(value, field);
    case OPTION_WORKERS:
        return parse_positive_int(value, field);
    case OPTION_ROUNDS:
        return store_rounds(value, field);
    case OPTION_LIST:
        return parse_number_list(value, field);
    case OPTION_POSITIVE:
        return parse_positive(value, field);
    case OPTION_SHARE:
        return parse_share(value, field);
    case OPTION_SECONDS:
        return parse_duration(value, field);
    case OPTION_EXPECTATION:
        return valid_if(parse_expectation(value, field));
    default:
        *(bool *)field = true;
        return QUANTITY_OK;
    }
}

/* What a value must be. */
static const char *wanted(const cli_option *option)
{
    static const char *const of_kind[] = {
        [OPTION_FILE] = "a file name",
        [OPTION_FILES] = "a file name (at most 8 of them)",
        [OPTION_PICTURE] = "a file name that ends in .svg or .png",
        [OPTION_DARTS] = "a whole number of darts up to 2^63, as in 1e10, 10000000000, 2^33 or 10G",
        [OPTION_WORD] = "a 64-bit number, decimal or 0x...",
        [OPTION_WORKERS] = "a whole number above 0",
        [OPTION_ROUNDS] = "a whole number from 1 to 1000",
        [OPTION_LIST] = "a whole number above 0, or a list of up to 128 different ones, as in 1,2,4,8",
        [OPTION_POSITIVE] = "a number above 0",
        [OPTION_SHARE] = "a percentage above 0 % and up to 100 %, as in 5% or 0.5%",
        [OPTION_SECONDS] = "a time above 0, as in 10s, 500ms, 5m or 2h",
        [OPTION_EXPECTATION] = "cpu, cpu=N, gpu, gpu=N, gpu:0 or gpu:UUID, separated by commas, each once, N above 0",
    };
    return option->wanted ? option->wanted : of_kind[option->kind];
}

/* Why a value is invalid; wanted() says what is valid. */
static const char *reason(quantity_status status)
{
    static const char *const reasons[] = {
        [QUANTITY_NEGATIVE] = "negative; ",
        [QUANTITY_NOT_POSITIVE] = "not above 0; ",
        [QUANTITY_NOT_WHOLE] = "not a whole number; ",
        [QUANTITY_REPEATED] = "lists a value twice; ",
        [QUANTITY_TOO_LARGE] = "out of range; ",
        [QUANTITY_TOO_MANY] = "too many; ",
    };
    const bool known = (size_t)status < sizeof reasons / sizeof *reasons && reasons[status];
    return known ? reasons[status] : "";
}

/* ---- parsing ---- */

/* The arguments, and how far they have been read. */
typedef struct reader {
    cli_options *options;
    int count, next;
    char **arguments;
    bool operands_only; /* "--" has been read */
} reader;

/* An option that was given and sets the same member; NULL if there is none. */
static const cli_option *rival_of(const cli_options *options, const cli_option *option)
{
    const option_use *use;
    for (unsigned place = 0; (use = option_at(options->command, place)); place++)
        if (options->given >> place & 1U && use->option != option && use->option->offset == option->offset)
            return use->option;
    return NULL;
}

/* `value` is NULL for a flag. */
static bool apply(cli_options *options, unsigned place, const char *value, usage_error *error)
{
    const cli_option *const option = option_at(options->command, place)->option;
    const uint64_t bit = UINT64_C(1) << place;
    const cli_option *const rival = option->kind == OPTION_CONSTANT ? rival_of(options, option) : NULL;
    if (options->given & bit && option->kind != OPTION_FILES)
        return usage_fail(error, "--%s: given twice", option->name);
    if (rival)
        return usage_fail(error, "--%s: cannot be combined with --%s; -o writes other formats to files", option->name,
                          rival->name);
    options->given |= bit;
    const quantity_status status = store(option, value, (char *)options + option->offset);
    if (status != QUANTITY_OK)
        return usage_fail(error, "--%s '%s': %smust be %s", option->name, value, reason(status), wanted(option));
    return true;
}

/* The first command that has an option; `others`: there are more. NULL if none has it. */
static const cli_command *find_owner(const cli_program *program, const spelling *s, bool *others)
{
    const cli_command *owner = NULL;
    unsigned place;
    *others = false;
    for (const cli_command *const *command = program->commands; *command; command++) {
        if (find_option(*command, s, &place)) {
            *others = owner;
            owner = owner ? owner : *command;
        }
    }
    return owner;
}

static const char *closest_option(const cli_command *command, const spelling *s)
{
    suggestion close = {.typed = s->name, .length = s->length};
    const option_use *use;
    for (unsigned place = 0; !s->letter && (use = option_at(command, place)); place++)
        if (use->option)
            suggestion_consider(&close, use->option->name);
    return close.best;
}

/* An option that the command does not have. */
static bool refuse(const cli_options *options, const spelling *s, const char *argument, usage_error *error)
{
    const cli_program *const program = options->program;
    const cli_command *const command = options->command;
    bool others;
    unsigned place;
    const cli_command *const owner = find_owner(program, s, &others);
    if (owner)
        return usage_fail(error, "--%s: '%s %s' has no such option; it is an option of '%s %s'%s",
                          find_option(owner, s, &place)->name, program->name, command->name, program->name, owner->name,
                          others ? " and others" : "");
    const char *const close = closest_option(command, s);
    if (close)
        return usage_fail(error, "%s: no such option; did you mean --%s?", argument, close);
    return usage_fail(error, "%s: no such option; '%s help %s' lists them", argument, program->name, command->name);
}

/* `attached` is what follows the option in the same argument, or NULL. */
static bool take_option(reader *reader, unsigned place, const char *attached, usage_error *error)
{
    const cli_option *const option = option_at(reader->options->command, place)->option;
    if (!option->argument && attached)
        return usage_fail(error, "--%s '%s': takes no value", option->name, attached);
    if (!option->argument || attached)
        return apply(reader->options, place, attached, error);
    if (reader->next == reader->count)
        return usage_fail(error, "--%s: needs a value: %s", option->name, wanted(option));
    return apply(reader->options, place, reader->arguments[reader->next++], error);
}

static bool take_long(reader *reader, const char *argument, usage_error *error)
{
    const char *const name = argument + 2;
    const spelling s = {name, strcspn(name, "="), 0};
    unsigned place;
    if (!find_option(reader->options->command, &s, &place))
        return refuse(reader->options, &s, argument, error);
    return take_option(reader, place, name[s.length] ? name + s.length + 1 : NULL, error);
}

/* -q, -n1e9, -n 1e9, -qn 1e9 */
static bool take_short(reader *reader, const char *argument, usage_error *error)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        unsigned place;
        const cli_option *const option = find_option(reader->options->command, &(spelling){.letter = *letter}, &place);
        if (!option)
            return refuse(reader->options, &(spelling){.letter = *letter}, argument, error);
        const bool takes_rest = option->argument && letter[1];
        if (!take_option(reader, place, takes_rest ? letter + 1 : NULL, error))
            return false;
        if (option->argument)
            break;
    }
    return true;
}

static const cli_command *command_named(const cli_program *program, const char *name)
{
    for (const cli_command *const *command = program->commands; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}

/* Operands are collected at the front of the argument vector: the arguments there have been read. */
static bool take_operand(reader *reader, char *argument, usage_error *error)
{
    cli_options *const options = reader->options;
    const cli_program *const program = options->program;
    if (!options->command->operands && !options->is_named && command_named(program, argument))
        return usage_fail(error, "'%s': the command comes first: %s %s [options]", argument, program->name, argument);
    if (!options->command->operands)
        return usage_fail(error, "'%s': not an option; '%s help %s' lists them", argument, program->name,
                          options->command->name);
    options->operands = reader->arguments;
    options->operands[options->operand_count++] = argument;
    return true;
}

static bool take_argument(reader *reader, usage_error *error)
{
    char *const argument = reader->arguments[reader->next++];
    if (reader->operands_only || argument[0] != '-' || !argument[1])
        return take_operand(reader, argument, error);
    if (strcmp(argument, "--") == 0)
        return reader->operands_only = true;
    return argument[1] == '-' ? take_long(reader, argument, error) : take_short(reader, argument, error);
}

const cli_command *find_command(const cli_program *program, const char *name, usage_error *error)
{
    const cli_command *const found = command_named(program, name);
    if (found)
        return found;
    suggestion close = {.typed = name, .length = strlen(name)};
    for (const cli_command *const *command = program->commands; *command; command++)
        suggestion_consider(&close, (*command)->name);
    if (close.best)
        usage_fail(error, "'%s': no such command; did you mean '%s'?", name, close.best);
    else
        usage_fail(error, "'%s': no such command; '%s help' lists them", name, program->name);
    return NULL;
}

static bool take_command(reader *reader, usage_error *error)
{
    cli_options *const options = reader->options;
    if (reader->next == reader->count || reader->arguments[reader->next][0] == '-')
        return true;
    const cli_command *const command = find_command(options->program, reader->arguments[reader->next++], error);
    options->is_named = command;
    if (command)
        options->command = command;
    return command;
}

/* Checked here because scaling begins with one worker and would fail late. */
static bool check_threads(const cli_options *options, usage_error *error)
{
    mcpi_error refused;
    if (mcpi_check_threads(options->run.threads, &refused) == MCPI_OK)
        return true;
    name_options(options, refused.message, sizeof refused.message);
    return usage_fail(error, "%s", refused.message);
}

static void remove_output(name_list *outputs, size_t place)
{
    outputs->count--;
    for (size_t i = place; i < outputs->count; i++)
        outputs->names[i] = outputs->names[i + 1];
}

static bool take_picture(cli_options *options, const char *name, usage_error *error)
{
    const spelling plot = {"plot", strlen("plot"), 0};
    unsigned place;
    if (!find_option(options->command, &plot, &place))
        return usage_fail(error, "--output '%s': '%s %s' draws no picture", name, options->program->name,
                          options->command->name);
    if (options->plot)
        return usage_fail(error, "--output '%s': there can be only one picture, and '%s' is one", name, options->plot);
    options->plot = name;
    return true;
}

/* The picture among the files of -o is that of --plot. All other names must stand for a format that the command has. */
static bool check_outputs(cli_options *options, usage_error *error)
{
    const unsigned formats = options->command->formats | 1U << REPORT_JSON;
    if (options->output && options->command->print && plot_takes_name(options->output)) {
        const char *const picture = options->output;
        options->output = NULL;
        return take_picture(options, picture, error);
    }
    for (size_t i = 0; i < options->outputs.count;) {
        const char *const name = options->outputs.names[i];
        const report_format format = report_format_of(name);
        if (plot_takes_name(name)) {
            if (!take_picture(options, name, error))
                return false;
            remove_output(&options->outputs, i);
        } else if (!(formats >> format & 1U)) {
            return usage_fail(error, "--output '%s': '%s %s' does not write %s; use FILE.json", name,
                              options->program->name, options->command->name, report_format_name(format));
        } else {
            i++;
        }
    }
    return true;
}

static void set_defaults(cli_options *options)
{
    const cli_command *const command = options->command;
    if (command->devices)
        options->run.devices = command->devices;
    if (command->darts > 0)
        options->run.darts = command->darts;
    options->run.pin = command->pin;
    options->run.worker_program = "/proc/self/exe";
}

bool parse_options(const cli_program *program, int argc, char **argv, cli_options *options, usage_error *error)
{
    static const double usual_interval_seconds = 60.0;
    *options = (cli_options){.program = program,
                             .command = program->commands[0],
                             .run = MCPI_OPTIONS_DEFAULT,
                             .interval_seconds = usual_interval_seconds};
    reader reader = {.options = options, .count = argc, .next = 1, .arguments = argv};
    if (!take_command(&reader, error))
        return false;
    set_defaults(options);
    bool valid = true;
    while (reader.next < argc) {
        usage_error later; /* only the first error is shown, but valid options after it are still read */
        if (!take_argument(&reader, valid ? error : &later))
            valid = false;
    }
    if (!valid || options->help || options->version)
        return valid;
    return check_outputs(options, error) &&
           (!options->command->complete || options->command->complete(options, error)) && check_threads(options, error);
}
