// SPDX-License-Identifier: Apache-2.0
#include "store/database_dialect.h"

#include <string.h>

typedef enum {
    TOKEN_SPACE, // and comments
    TOKEN_WORD,
    TOKEN_NAME,      // "in quotes"
    TOKEN_TEXT,      // 'in quotes'
    TOKEN_BYTES,     // x'00'
    TOKEN_PARAMETER, // ?1
    TOKEN_OTHER,     // a number, or one other character
} TokenKind;

typedef struct {
    TokenKind kind;
    const char *start;
    size_t length;
} Token;

// ---- Tokens -----------------------------------------------------------------------------------

static bool is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

// Past the closing quote; a doubled quote stands for itself.
static const char *skip_quoted(const char *at, char quote)
{
    for (at++; *at != '\0'; at++) {
        if (*at != quote)
            continue;
        if (at[1] != quote)
            return at + 1;
        at++;
    }
    return at;
}

static const char *skip_space(const char *at)
{
    while (*at != '\0') {
        if (g_ascii_isspace(*at)) {
            at++;
        } else if (at[0] == '-' && at[1] == '-') {
            at += strcspn(at, "\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end != NULL ? end + 2 : at + strlen(at);
        } else {
            break;
        }
    }
    return at;
}

static const char *skip_word(const char *at)
{
    while (is_word_char(*at))
        at++;
    return at;
}

static const char *skip_digits(const char *at)
{
    while (g_ascii_isdigit(*at))
        at++;
    return at;
}

static Token next_token(const char *at)
{
    Token token = {.kind = TOKEN_OTHER, .start = at};
    const char *end = skip_space(at);
    if (end != at) {
        token.kind = TOKEN_SPACE;
    } else if (*at == '\'' || *at == '"') {
        token.kind = *at == '"' ? TOKEN_NAME : TOKEN_TEXT;
        end = skip_quoted(at, *at);
    } else if ((*at == 'x' || *at == 'X') && at[1] == '\'') {
        token.kind = TOKEN_BYTES;
        end = skip_quoted(at + 1, '\'');
    } else if (*at == '?' && g_ascii_isdigit(at[1])) {
        token.kind = TOKEN_PARAMETER;
        end = skip_digits(at + 1);
    } else if (is_word_char(*at)) {
        token.kind = g_ascii_isdigit(*at) ? TOKEN_OTHER : TOKEN_WORD;
        end = skip_word(at);
    } else {
        end = at + 1;
    }
    token.length = (size_t)(end - at);
    return token;
}

static bool is_word(Token token, const char *word)
{
    return token.kind == TOKEN_WORD && strlen(word) == token.length &&
           g_ascii_strncasecmp(token.start, word, token.length) == 0;
}

static bool is_char(Token token, char c)
{
    return token.kind == TOKEN_OTHER && token.length == 1 && *token.start == c;
}

// ---- Rewriting --------------------------------------------------------------------------------

typedef struct {
    GString *out;
    uint64_t null_parameters;
    Token before, last;   // the last two tokens that are not space
    unsigned first_words; // of the statement, up to 2
    bool defines_table;   // CREATE TABLE, ALTER TABLE
    unsigned depth;       // of parentheses
    uint64_t casts;       // bit i: the parenthesis of depth i + 1 is that of a CAST
} Rewriter;

static bool opens_cast(const Rewriter *rewriter)
{
    return rewriter->depth > 0 && rewriter->depth <= 64 &&
           (rewriter->casts >> (rewriter->depth - 1) & 1) != 0;
}

static bool is_cast_type(const Rewriter *rewriter)
{
    return opens_cast(rewriter) && is_word(rewriter->last, "AS");
}

// The word after a column's name.
static bool is_column_type(const Rewriter *rewriter)
{
    Token before = rewriter->before;
    bool named = rewriter->last.kind == TOKEN_WORD || rewriter->last.kind == TOKEN_NAME;
    return rewriter->defines_table && named &&
           (is_char(before, '(') || is_char(before, ',') || is_word(before, "ADD") ||
            is_word(before, "COLUMN"));
}

static const char *type_of(const Rewriter *rewriter, Token token)
{
    static const struct {
        const char *sqlite, *column, *cast;
    } types[] = {{"INTEGER", "BIGINT", "BIGINT"},
                 {"BLOB", "BYTEA", "BYTEA"},
                 {"REAL", "DOUBLE PRECISION", "DOUBLE PRECISION"},
                 {"TEXT", "TEXT COLLATE \"C\"", "TEXT"}};
    bool column = is_column_type(rewriter);
    if (!column && !is_cast_type(rewriter))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (is_word(token, types[i].sqlite))
            return column ? types[i].column : types[i].cast;
    return NULL;
}

// STRICT, WITHOUT ROWID and the comma between them, after the columns.
static bool is_table_option(const Rewriter *rewriter, Token token)
{
    return rewriter->defines_table && rewriter->depth == 0 &&
           (is_word(token, "STRICT") || is_word(token, "WITHOUT") || is_word(token, "ROWID") ||
            (is_char(token, ',') &&
             (is_word(rewriter->last, "STRICT") || is_word(rewriter->last, "ROWID"))));
}

static void write_parameter(Rewriter *rewriter, Token token)
{
    guint64 position = g_ascii_strtoull(token.start + 1, NULL, 10);
    bool null =
        position >= 1 && position <= 64 && (rewriter->null_parameters >> (position - 1) & 1) != 0;
    if (null)
        g_string_append(rewriter->out, "NULL");
    else
        g_string_append_printf(rewriter->out, "$%" G_GUINT64_FORMAT, position);
}

static void write_token(Rewriter *rewriter, Token token)
{
    const char *type = type_of(rewriter, token);
    if (type != NULL) {
        g_string_append(rewriter->out, type);
    } else if (token.kind == TOKEN_PARAMETER) {
        write_parameter(rewriter, token);
    } else if (token.kind == TOKEN_BYTES) {
        g_string_append(rewriter->out, "'\\x");
        g_string_append_len(rewriter->out, token.start + 2, (gssize)token.length - 2);
        g_string_append(rewriter->out, "::bytea");
    } else if (!is_table_option(rewriter, token)) {
        g_string_append_len(rewriter->out, token.start, (gssize)token.length);
    }
}

static void note_parenthesis(Rewriter *rewriter, Token token)
{
    if (is_char(token, '(')) {
        uint64_t bit = rewriter->depth < 64 ? UINT64_C(1) << rewriter->depth : 0;
        rewriter->casts =
            is_word(rewriter->last, "CAST") ? rewriter->casts | bit : rewriter->casts & ~bit;
        rewriter->depth++;
    } else if (is_char(token, ')') && rewriter->depth > 0) {
        rewriter->depth--;
    }
}

static void note_token(Rewriter *rewriter, Token token)
{
    note_parenthesis(rewriter, token);
    if (is_char(token, ';')) {
        rewriter->first_words = 0;
        rewriter->defines_table = false;
        rewriter->depth = 0;
    } else if (rewriter->first_words < 2) {
        rewriter->first_words++;
        rewriter->defines_table =
            rewriter->first_words == 2 && is_word(token, "TABLE") &&
            (is_word(rewriter->last, "CREATE") || is_word(rewriter->last, "ALTER"));
    }
    rewriter->before = rewriter->last;
    rewriter->last = token;
}

char *database_dialect_postgres(const char *sql, uint64_t null_parameters)
{
    Rewriter rewriter = {.out = g_string_sized_new(strlen(sql) + 64),
                         .null_parameters = null_parameters};
    for (const char *at = sql; *at != '\0';) {
        Token token = next_token(at);
        write_token(&rewriter, token);
        if (token.kind != TOKEN_SPACE)
            note_token(&rewriter, token);
        at += token.length;
    }
    return g_string_free(rewriter.out, FALSE);
}

// ---- Asking -----------------------------------------------------------------------------------

unsigned database_dialect_parameters(const char *sql)
{
    guint64 highest = 0;
    for (const char *at = sql; *at != '\0';) {
        Token token = next_token(at);
        guint64 position =
            token.kind == TOKEN_PARAMETER ? g_ascii_strtoull(token.start + 1, NULL, 10) : 0;
        highest = MAX(highest, position);
        at += token.length;
    }
    return (unsigned)MIN(highest, (guint64)UINT16_MAX);
}

bool database_dialect_only_reads(const char *sql)
{
    bool first = true, with = false;
    for (const char *at = sql; *at != '\0';) {
        Token token = next_token(at);
        at += token.length;
        if (token.kind == TOKEN_SPACE)
            continue;
        if (first && !is_word(token, "WITH"))
            return is_word(token, "SELECT") || is_word(token, "VALUES");
        with = true;
        first = false;
        if (is_word(token, "INSERT") || is_word(token, "UPDATE") || is_word(token, "DELETE"))
            return false;
    }
    return with;
}
