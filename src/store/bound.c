// SPDX-License-Identifier: Apache-2.0
#include "store/bound.h"

#include <stdarg.h>

static void bind_one(Statement *statement, int position, char type, va_list *arguments)
{
    switch (type) {
    case 'i':
        statement_bind_int(statement, position, va_arg(*arguments, int64_t));
        break;
    case 'u':
        statement_bind_int(statement, position, (int64_t)va_arg(*arguments, uint64_t));
        break;
    case 'n': {
        int64_t value = va_arg(*arguments, int64_t);
        if (value != 0)
            statement_bind_int(statement, position, value);
        else
            statement_bind_null(statement, position);
        break;
    }
    case 't':
        statement_bind_text(statement, position, va_arg(*arguments, const char *));
        break;
    case 'b': {
        const uint8_t *bytes = va_arg(*arguments, const uint8_t *);
        statement_bind_blob(statement, position, bytes, va_arg(*arguments, size_t));
        break;
    }
    default:
        g_assert_not_reached();
    }
}

static Statement *bind_all(Database *database, GError **err, const char *sql, const char *types,
                           va_list *arguments)
{
    Statement *statement = database_statement(database, sql, err);
    for (int i = 0; statement != NULL && types[i] != '\0'; i++)
        bind_one(statement, i + 1, types[i], arguments);
    return statement;
}

Statement *bound_statement(Database *database, GError **err, const char *sql, const char *types,
                           ...)
{
    va_list arguments;
    va_start(arguments, types);
    Statement *statement = bind_all(database, err, sql, types, &arguments);
    va_end(arguments);
    return statement;
}

bool bound_run(Database *database, GError **err, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    Statement *statement = bind_all(database, err, sql, types, &arguments);
    va_end(arguments);
    return statement != NULL && statement_run(statement, err);
}

bool bound_number(Database *database, int64_t *ret_number, bool *ret_found, GError **err,
                  const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    Statement *statement = bind_all(database, err, sql, types, &arguments);
    va_end(arguments);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_found = row;
    if (row) {
        *ret_number = statement_int(statement, 0);
        statement_reset(statement);
    }
    return true;
}

bool bound_ids(Database *database, GArray *ids, GError **err, const char *sql, const char *types,
               ...)
{
    va_list arguments;
    va_start(arguments, types);
    Statement *statement = bind_all(database, err, sql, types, &arguments);
    va_end(arguments);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        uint64_t id = (uint64_t)statement_int(statement, 0);
        g_array_append_val(ids, id);
    }
    return false;
}
