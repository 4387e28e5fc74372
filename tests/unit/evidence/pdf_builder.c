// SPDX-License-Identifier: Apache-2.0
#include "pdf_builder.h"

#include <stdarg.h>
#include <string.h>

#define OBJECTS_MAX 64u

struct PdfBuilder {
    GByteArray *bytes;
    unsigned offsets[OBJECTS_MAX]; // 0: not written since the last end
    unsigned highest;
    unsigned table; // offset of the last one; 0: none
};

static void put(PdfBuilder *builder, const char *text)
{
    g_byte_array_append(builder->bytes, (const guint8 *)text, (guint)strlen(text));
}

static void G_GNUC_PRINTF(2, 3) print(PdfBuilder *builder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    put(builder, text);
}

PdfBuilder *pdf_builder_new(void)
{
    PdfBuilder *builder = g_new0(PdfBuilder, 1);
    builder->bytes = g_byte_array_new();
    put(builder, "%PDF-1.7\n");
    return builder;
}

void pdf_builder_free(PdfBuilder *builder)
{
    g_byte_array_unref(builder->bytes);
    g_free(builder);
}

static void begin(PdfBuilder *builder, unsigned number)
{
    g_assert_cmpuint(number, <, OBJECTS_MAX);
    builder->offsets[number] = builder->bytes->len;
    builder->highest = MAX(builder->highest, number);
    print(builder, "%u 0 obj\n", number);
}

void pdf_builder_object(PdfBuilder *builder, unsigned number, const char *text)
{
    begin(builder, number);
    print(builder, "%s\nendobj\n", text);
}

void pdf_builder_stream(PdfBuilder *builder, unsigned number, const char *dictionary,
                        const void *bytes, size_t size)
{
    begin(builder, number);
    print(builder, "<< %s /Length %zu >>\nstream\n", dictionary, size);
    g_byte_array_append(builder->bytes, bytes, (guint)size);
    put(builder, "\nendstream\nendobj\n");
}

void pdf_builder_close(PdfBuilder *builder)
{
    unsigned table = builder->bytes->len;
    put(builder, "xref\n0 1\n0000000000 65535 f \n");
    for (unsigned i = 1; i <= builder->highest; i++) {
        if (builder->offsets[i] != 0)
            print(builder, "%u 1\n%010u 00000 n \n", i, builder->offsets[i]);
        builder->offsets[i] = 0;
    }
    print(builder, "trailer\n<< /Size %u /Root 1 0 R", builder->highest + 1);
    if (builder->table != 0)
        print(builder, " /Prev %u", builder->table);
    print(builder, " >>\nstartxref\n%u\n%%%%EOF\n", table);
    builder->table = table;
}

GByteArray *pdf_builder_bytes(PdfBuilder *builder)
{
    return builder->bytes;
}
