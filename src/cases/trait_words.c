// SPDX-License-Identifier: Apache-2.0
//
// Names that cameras, telephones and programs give by themselves. What is left of a name when
// digits and signs are taken out is runs of letters; when each of them is one of these words, or
// shorter than three letters, the name says nothing.
#include "cases/traits.h"

#include <stdlib.h>
#include <string.h>

#define TELLING_LETTERS 3u

// Sorted.
static const char *const words[] = {
    "album",       "albums",      "and",       "android",  "appdata",   "apple",     "application",
    "attachment",  "attachments", "backup",    "backups",  "bild",      "bilder",    "burst",
    "cache",       "camera",      "canon",     "capture",  "captures",  "carved",    "chat",
    "copy",        "data",        "dcim",      "desktop",  "disk",      "document",  "documents",
    "download",    "downloads",   "dropbox",   "dsc",      "dscf",      "dscn",      "edited",
    "emulated",    "export",      "exports",   "facebook", "file",      "files",     "film",
    "final",       "folder",      "foto",      "fotos",    "frame",     "gallery",   "gopr",
    "home",        "image",       "imagepipe", "images",   "img",       "imgp",      "import",
    "incoming",    "instagram",   "jpeg",      "jpg",      "kopie",     "library",   "local",
    "lost",        "media",       "message",   "messages", "messenger", "misc",      "mov",
    "movie",       "movies",      "mvi",       "mvimg",    "new",       "nikon",     "original",
    "originals",   "pano",        "part",      "photo",    "photos",    "picture",   "pictures",
    "png",         "portrait",    "public",    "pxl",      "received",  "recovered", "recycle",
    "root",        "sam",         "saved",     "scan",     "scans",     "screen",    "screenshot",
    "screenshots", "selfie",      "sent",      "shot",     "signal",    "skype",     "snapchat",
    "sony",        "storage",     "telegram",  "temp",     "the",       "thumb",     "thumbdata",
    "thumbnail",   "thumbnails",  "thumbs",    "tmp",      "trash",     "unnamed",   "untitled",
    "upload",      "uploads",     "user",      "users",    "var",       "viber",     "vid",
    "video",       "videos",      "vlcsnap",   "volume",   "web",       "webcam",    "whatsapp",
    "www",
};

static int compare_word(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static bool is_letter(char c)
{
    return g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
}

// A run of letters, in lower case.
static bool says_nothing(const char *run, size_t length)
{
    if (length < TELLING_LETTERS)
        return true;
    g_autofree char *word = g_ascii_strdown(run, (gssize)length);
    return bsearch(word, words, G_N_ELEMENTS(words), sizeof words[0], compare_word) != NULL;
}

bool trait_name_is_generic(const char *name)
{
    const char *ending = strrchr(name, '.');
    size_t length = ending != NULL && ending != name ? (size_t)(ending - name) : strlen(name);
    for (size_t i = 0; i < length;) {
        size_t run = 0;
        while (i + run < length && is_letter(name[i + run]))
            run++;
        if (run > 0 && !says_nothing(name + i, run))
            return false;
        i += run > 0 ? run : 1;
    }
    return true;
}
