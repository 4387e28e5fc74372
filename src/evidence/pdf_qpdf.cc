// SPDX-License-Identifier: Apache-2.0
#include "evidence/pdf_qpdf.h"

// qpdf's headers ask for it: shared pointers are those of the standard.
#define POINTERHOLDER_TRANSITION 4
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QUtil.hh>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct PdfFile {
    QPDF qpdf;
    std::vector<QPDFObjectHandle> objects;
    std::vector<QPDFObjectHandle> nodes;

    PdfNode add(const QPDFObjectHandle &handle)
    {
        nodes.push_back(handle);
        return static_cast<PdfNode>(nodes.size() - 1);
    }
    QPDFObjectHandle at(PdfNode node) const
    {
        return node < nodes.size() ? nodes[node] : QPDFObjectHandle::newNull();
    }
};

namespace
{

// What `work` answers, or `fallback` when anything is thrown.
template <typename Answer, typename Work> Answer guarded(Answer fallback, Work work) noexcept
{
    try {
        return work();
    } catch (...) {
        return fallback;
    }
}

struct Stopped {
};

// The end of a row of decoders.
class Outlet : public Pipeline
{
  public:
    Outlet(bool (*outlet)(void *, const uint8_t *, size_t), void *user_data)
        : Pipeline("outlet", nullptr), outlet_(outlet), user_data_(user_data)
    {
    }
    void write(unsigned char const *data, size_t size) override
    {
        if (has_stopped || !outlet_(user_data_, data, size)) {
            has_stopped = true;
            throw Stopped();
        }
    }
    void finish() override
    {
    }
    bool has_stopped = false;

  private:
    bool (*outlet_)(void *, const uint8_t *, size_t);
    void *user_data_;
};

void open_with(PdfFile &file, const uint8_t *bytes, size_t size, const char *password, bool repairs)
{
    file.qpdf.setSuppressWarnings(true);
    file.qpdf.setAttemptRecovery(repairs);
    file.qpdf.processMemoryFile("document", reinterpret_cast<const char *>(bytes), size, password);
    file.objects = file.qpdf.getAllObjects();
}

PdfOpening opening_of(const QPDFExc &error)
{
    if (error.getErrorCode() == qpdf_e_password)
        return PDF_WRONG_PASSWORD;
    bool is_lock = error.getErrorCode() == qpdf_e_unsupported;
    return is_lock ? PDF_FOREIGN_LOCK : PDF_DAMAGED;
}

void copy_text(const std::string &text, char *target, size_t size)
{
    size_t count = std::min(text.size(), size - 1);
    std::memcpy(target, text.data(), count);
    target[count] = '\0';
}

PdfOpening try_open(const uint8_t *bytes, size_t size, const std::string &password, bool repairs,
                    PdfFile **ret_file, char *ret_message, size_t message_bytes)
{
    try {
        auto file = std::make_unique<PdfFile>();
        open_with(*file, bytes, size, password.c_str(), repairs);
        *ret_file = file.release();
        return PDF_OPENED;
    } catch (const QPDFExc &error) {
        copy_text(error.getMessageDetail(), ret_message, message_bytes);
        return opening_of(error);
    } catch (const std::bad_alloc &) {
        copy_text("there is no memory for its objects", ret_message, message_bytes);
        return PDF_NO_MEMORY;
    } catch (const std::exception &error) {
        copy_text(error.what(), ret_message, message_bytes);
        return PDF_DAMAGED;
    }
}

} // namespace

PdfOpening pdf_file_open(const uint8_t *bytes, size_t size_bytes, const char *password,
                         bool repairs, PdfFile **ret_file, char *ret_message, size_t message_bytes)
{
    // A password that was typed elsewhere may have been encoded in another way.
    auto encodings = guarded(std::vector<std::string>(),
                             [&] { return QUtil::possible_repaired_encodings(password); });
    if (encodings.empty())
        encodings.push_back(password);
    PdfOpening opening = PDF_WRONG_PASSWORD;
    for (const auto &encoding : encodings) {
        opening =
            try_open(bytes, size_bytes, encoding, repairs, ret_file, ret_message, message_bytes);
        if (opening != PDF_WRONG_PASSWORD)
            break;
    }
    return opening;
}

void pdf_file_free(PdfFile *file)
{
    delete file;
}

bool pdf_file_has_damage(const PdfFile *file)
{
    return guarded(false, [&] { return file->qpdf.anyWarnings(); });
}

size_t pdf_object_count(const PdfFile *file)
{
    return file->objects.size();
}

PdfNode pdf_object(PdfFile *file, size_t i, int *ret_number, int *ret_generation)
{
    return guarded(PDF_NONE, [&] {
        auto handle = file->objects.at(i);
        *ret_number = handle.getObjectID();
        *ret_generation = handle.getGeneration();
        return file->add(handle);
    });
}

PdfNode pdf_trailer(PdfFile *file)
{
    return guarded(PDF_NONE, [&] { return file->add(file->qpdf.getTrailer()); });
}

void pdf_release(PdfFile *file)
{
    file->nodes.clear();
}

PdfKind pdf_kind(PdfFile *file, PdfNode node)
{
    return guarded(PDF_NULL, [&] {
        switch (file->at(node).getTypeCode()) {
        case ::ot_boolean:
            return PDF_BOOLEAN;
        case ::ot_integer:
        case ::ot_real:
            return PDF_NUMBER;
        case ::ot_string:
            return PDF_STRING;
        case ::ot_name:
            return PDF_NAME;
        case ::ot_array:
            return PDF_ARRAY;
        case ::ot_dictionary:
            return PDF_DICTIONARY;
        case ::ot_stream:
            return PDF_STREAM;
        default:
            return PDF_NULL;
        }
    });
}

bool pdf_is_indirect(PdfFile *file, PdfNode node, int *ret_number, int *ret_generation)
{
    return guarded(false, [&] {
        auto handle = file->at(node);
        *ret_number = handle.getObjectID();
        *ret_generation = handle.getGeneration();
        return handle.isIndirect();
    });
}

PdfNode pdf_get(PdfFile *file, PdfNode node, const char *key)
{
    return guarded(PDF_NONE, [&] {
        auto handle = file->at(node);
        if (handle.isStream())
            handle = handle.getDict();
        return handle.isDictionary() ? file->add(handle.getKey(key)) : PDF_NONE;
    });
}

size_t pdf_values(PdfFile *file, PdfNode node, PdfNode *ret_first)
{
    return guarded(size_t{0}, [&] {
        auto handle = file->at(node);
        if (handle.isStream())
            handle = handle.getDict();
        size_t before = file->nodes.size();
        if (handle.isArray())
            for (const auto &item : handle.aitems())
                file->add(item);
        else if (handle.isDictionary())
            for (const auto &item : handle.ditems())
                file->add(item.second);
        *ret_first = static_cast<PdfNode>(before);
        return file->nodes.size() - before;
    });
}

int64_t pdf_integer(PdfFile *file, PdfNode node, int64_t fallback)
{
    return guarded(fallback, [&]() -> int64_t {
        auto handle = file->at(node);
        if (handle.isBool())
            return handle.getBoolValue() ? 1 : 0;
        if (handle.isInteger())
            return handle.getIntValue();
        double value = handle.isReal() ? handle.getNumericValue() : 0;
        return handle.isReal() && value > -1e15 && value < 1e15 ? static_cast<int64_t>(value)
                                                                : fallback;
    });
}

size_t pdf_bytes(PdfFile *file, PdfNode node, void *target, size_t size)
{
    return guarded(size_t{0}, [&] {
        auto handle = file->at(node);
        std::string value;
        if (handle.isName())
            value = handle.getName();
        else if (handle.isString())
            value = handle.getStringValue();
        std::memcpy(target, value.data(), std::min(size, value.size()));
        return value.size();
    });
}

bool pdf_text(PdfFile *file, PdfNode node, char *target, size_t size)
{
    return guarded(false, [&] {
        auto handle = file->at(node);
        if (handle.isString())
            copy_text(handle.getUTF8Value(), target, size);
        return handle.isString();
    });
}

int64_t pdf_stream_offset(PdfFile *file, PdfNode stream)
{
    return guarded(int64_t{-1}, [&]() -> int64_t { return file->at(stream).getParsedOffset(); });
}

bool pdf_drop_last_filter(PdfFile *file, PdfNode stream)
{
    return guarded(false, [&] {
        auto dictionary = file->at(stream).getDict();
        for (const char *key : {"/Filter", "/DecodeParms"}) {
            auto value = dictionary.getKey(key);
            if (value.isArray() && value.getArrayNItems() > 0) {
                auto items = value.getArrayAsVector();
                items.pop_back();
                dictionary.replaceKey(key, QPDFObjectHandle::newArray(items));
            } else {
                dictionary.removeKey(key);
            }
        }
        return true;
    });
}

bool pdf_pipe(PdfFile *file, PdfNode stream, bool raw,
              bool (*write)(void *user_data, const uint8_t *bytes, size_t size), void *user_data)
{
    Outlet outlet(write, user_data);
    bool done = guarded(false, [&] {
        bool filtered = false;
        bool ok = file->at(stream).pipeStreamData(
            &outlet, &filtered, 0, raw ? qpdf_dl_none : qpdf_dl_specialized, true, false);
        return ok && (raw || filtered);
    });
    return done || outlet.has_stopped;
}
