// SPDX-License-Identifier: Apache-2.0
#include "model/vics_case.h"

#define FLAG_NOT_SAID (-1)

const char *vics_field_kind_name(VicsFieldKind kind)
{
    static const char *const names[VICS_FIELD_KIND_COUNT] = {
        [VICS_FIELD_EXIF] = "exif",
        [VICS_FIELD_METADATA] = "metadata",
        [VICS_FIELD_HASH] = "hash",
        [VICS_FIELD_REPOSITORY] = "repository",
    };
    return names[kind];
}

static void field_free(gpointer data)
{
    VicsField *field = data;
    g_free(field->name);
    g_free(field->value);
    g_free(field->group);
    g_free(field);
}

static void file_free(gpointer data)
{
    VicsMediaFile *file = data;
    g_free(file->file_name);
    g_free(file->file_path);
    g_free(file->created);
    g_free(file->written);
    g_free(file->accessed);
    g_free(file->source_id);
    g_free(file->parent_md5);
    g_free(file->parent_name);
    g_free(file->parent_path);
    g_free(file);
}

static void event_free(gpointer data)
{
    VicsEvent *event = data;
    g_free(event->event_id);
    g_free(event->time);
    g_free(event->type);
    g_free(event);
}

static void unref(GPtrArray *array)
{
    if (array != NULL)
        g_ptr_array_unref(array);
}

static void free_members(VicsIdentifier *identifier)
{
    g_free(identifier->raw);
    g_free(identifier->key);
    g_free(identifier->type);
    g_free(identifier->name);
    g_free(identifier->application);
    g_free(identifier->comments);
    g_free(identifier->tags);
    unref(identifier->fields);
    unref(identifier->events);
}

static void identifier_free(gpointer data)
{
    free_members(data);
    g_free(data);
}

void vics_identifier_init(VicsIdentifier *identifier)
{
    *identifier = (VicsIdentifier){
        .fields = g_ptr_array_new_with_free_func(field_free),
        .events = g_ptr_array_new_with_free_func(event_free),
    };
}

void vics_identifier_clear(VicsIdentifier *identifier)
{
    free_members(identifier);
    *identifier = (VicsIdentifier){0};
}

void vics_media_init(VicsMedia *media)
{
    *media = (VicsMedia){
        .victim_identified = FLAG_NOT_SAID,
        .offender_identified = FLAG_NOT_SAID,
        .distributed = FLAG_NOT_SAID,
        .suspected = FLAG_NOT_SAID,
        .precategorized = FLAG_NOT_SAID,
        .self_generated = FLAG_NOT_SAID,
        .files = g_ptr_array_new_with_free_func(file_free),
        .fields = g_ptr_array_new_with_free_func(field_free),
        .identifiers = g_ptr_array_new_with_free_func(identifier_free),
    };
}

void vics_media_clear(VicsMedia *media)
{
    g_free(media->raw);
    g_free(media->category);
    g_free(media->precategorization_source);
    g_free(media->series);
    g_free(media->comments);
    g_free(media->tags);
    g_free(media->mime_type);
    g_free(media->relative_path);
    g_free(media->updated);
    unref(media->files);
    unref(media->fields);
    unref(media->identifiers);
    *media = (VicsMedia){0};
}

void vics_case_head_clear(VicsCaseHead *head)
{
    g_free(head->case_id);
    g_free(head->case_number);
    g_free(head->contact_organization);
    g_free(head->contact_name);
    g_free(head->contact_phone);
    g_free(head->contact_email);
    g_free(head->contact_title);
    g_free(head->seized);
    g_free(head->application_name);
    g_free(head->application_version);
    *head = (VicsCaseHead){0};
}

void vics_document_clear(VicsDocument *document)
{
    g_free(document->frame);
    g_free(document->version);
    g_free(document->region);
    *document = (VicsDocument){0};
}

VicsMediaFile *vics_media_add_file(VicsMedia *media)
{
    VicsMediaFile *file = g_new0(VicsMediaFile, 1);
    file->unallocated = FLAG_NOT_SAID;
    file->deleted = FLAG_NOT_SAID;
    g_ptr_array_add(media->files, file);
    return file;
}

VicsIdentifier *vics_media_add_identifier(VicsMedia *media)
{
    VicsIdentifier *identifier = g_new(VicsIdentifier, 1);
    vics_identifier_init(identifier);
    g_ptr_array_add(media->identifiers, identifier);
    return identifier;
}

VicsEvent *vics_identifier_add_event(VicsIdentifier *identifier)
{
    VicsEvent *event = g_new0(VicsEvent, 1);
    g_ptr_array_add(identifier->events, event);
    return event;
}

VicsField *vics_fields_add(GPtrArray *fields, VicsFieldKind kind)
{
    VicsField *field = g_new0(VicsField, 1);
    field->kind = kind;
    g_ptr_array_add(fields, field);
    return field;
}
