#include "cli/io/utf8.h"

#include <ctype.h>
#include <stdbool.h>

static bool continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Derived from the first byte only; 0 if it cannot begin a character. */
static size_t announced_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* The second byte excludes overlong forms, surrogates, and values above U+10FFFF. */
static bool may_follow(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second < 0xA0;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second < 0x90;
    default:
        return true;
    }
}

size_t utf8_length(const char *text)
{
    const unsigned char *const bytes = (const unsigned char *)text;
    const size_t length = announced_length(bytes[0]);
    for (size_t i = 1; i < length; i++)
        if (!continues(bytes[i]))
            return 0;
    return length < 2 || may_follow(bytes[0], bytes[1]) ? length : 0;
}

size_t utf8_prefix(const char *text, size_t most)
{
    size_t length = 0;
    while (text[length]) {
        const size_t next = utf8_length(text + length);
        if (length + (next ? next : 1) > most)
            break;
        length += next ? next : 1;
    }
    return length;
}

void mask_control_characters(char *text)
{
    for (char *c = text; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
}
