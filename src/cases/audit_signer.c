// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_signer.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/output_file.h"
#include "cases/audit_files.h"
#include "cases/checkpoint.h"

#define ANSWER_MS 10000
#define RESTART_SECONDS 1u
#define NAME_BYTES 8u // random part of the log's name
#define MESSAGE_BYTES 512

typedef enum {
    ASK_STATE,
    ASK_SIGNATURE,
} Question;

// Both ends are the same program, so that the bytes of the structs are the message.
typedef struct {
    uint32_t number;
    uint32_t question;
    uint64_t size;
    MerkleHash root;
    MerkleProof proof;
} Request;

typedef struct {
    uint32_t number;
    int32_t failure; // ClewError + 1; 0: none
    int32_t process;
    uint64_t size;
    MerkleHash root;
    AuditKey key;
    uint8_t signature[AUDIT_SIGNATURE_BYTES];
    char message[MESSAGE_BYTES];
} Reply;

struct AuditSigner {
    int socket;
    pid_t keeper;
    uint32_t number; // of the last request
};

// ---- The signer's files -----------------------------------------------------------------------

typedef struct {
    AuditSeed seed;
    AuditKey key;
    uint64_t size;
    MerkleHash root;
} Secret;

static bool write_file(const char *path, const char *text, bool overwrite, GError **err)
{
    g_autoptr(OutputFile) file =
        output_file_open(path, (OutputFileOptions){.overwrite = overwrite}, err);
    return file != NULL && output_file_write(file, text, strlen(text), err) &&
           output_file_commit(file, err);
}

static bool write_state(const char *data_folder, uint64_t size, const MerkleHash *root,
                        GError **err)
{
    char digits[2 * MERKLE_HASH_BYTES + 1];
    g_autofree char *path = audit_file_signed(data_folder);
    encoding_to_hex(root->bytes, sizeof root->bytes, digits);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %s\n", size, digits);
    return write_file(path, text, true, err);
}

// A small file of the signer's; CLEW_ERROR_DENIED when others can read it.
static char *read_file(const char *path, GError **err)
{
    struct stat status;
    char bytes[512];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        clew_error_set_errno(err, errno, "cannot read %s", path);
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    ssize_t length = read(descriptor, bytes, sizeof bytes);
    close(descriptor);
    if ((status.st_mode & 077) != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "others can read %s; make it chmod 600, and consider it known to them", path);
        return NULL;
    }
    if (length < 0 || length == sizeof bytes) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "%s is not what it should be", path);
        return NULL;
    }
    char *text = g_strndup(bytes, (size_t)length);
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

static bool is_corrupt(const char *path, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "%s is damaged: without it nothing can be signed; take it from a backup", path);
    return false;
}

static bool load_key(const char *data_folder, Secret *secret, GError **err)
{
    uint8_t bytes[AUDIT_KEY_BYTES];
    g_autofree char *path = audit_file_key(data_folder);
    char *text = read_file(path, err);
    if (text == NULL)
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    bool ok = g_strv_length(lines) == 3 &&
              encoding_from_hex(lines[1], strlen(lines[1]), secret->seed.bytes,
                                sizeof secret->seed.bytes) &&
              audit_seed_public(&secret->seed, bytes) &&
              audit_key_init(&secret->key, lines[0], AUDIT_KEY_LOG, bytes, NULL);
    if (g_strv_length(lines) > 1)
        explicit_bzero(lines[1], strlen(lines[1]));
    explicit_bzero(text, strlen(text));
    g_free(text);
    return ok || is_corrupt(path, err);
}

static bool load_state(const char *data_folder, Secret *secret, GError **err)
{
    char *end;
    g_autofree char *path = audit_file_signed(data_folder);
    g_autofree char *text = read_file(path, err);
    if (text == NULL)
        return false;
    secret->size = g_ascii_strtoull(text, &end, 10);
    g_strchomp(end);
    return (end != text && *end == ' ' &&
            encoding_from_hex(end + 1, strlen(end + 1), secret->root.bytes,
                              sizeof secret->root.bytes)) ||
           is_corrupt(path, err);
}

// Nothing was signed yet. The key comes last: where it is, the rest is.
static bool make_key(const char *data_folder, GError **err)
{
    AuditSeed seed;
    AuditKey key;
    MerkleRange empty;
    uint8_t bytes[AUDIT_KEY_BYTES], name_bytes[NAME_BYTES];
    char digits[2 * AUDIT_KEY_BYTES + 1];
    g_autofree char *folder = g_build_filename(data_folder, "keys", NULL);
    g_autofree char *path = audit_file_key(data_folder);
    g_autofree char *public_path = audit_file_public_key(data_folder);
    merkle_range_init(&empty);
    MerkleHash root = merkle_range_root(&empty);
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return clew_error_set_errno(err, errno, "cannot make the folder %s", folder);
    if (!audit_seed_new(&seed, err) || !audit_seed_public(&seed, bytes) ||
        RAND_bytes(name_bytes, sizeof name_bytes) != 1)
        return false;
    g_autofree char *random = encoding_hex_new(name_bytes, sizeof name_bytes);
    g_autofree char *name = g_strconcat("clew/", random, NULL);
    encoding_to_hex(seed.bytes, sizeof seed.bytes, digits);
    g_autofree char *text = g_strdup_printf("%s\n%s\n", name, digits);
    bool ok = audit_key_init(&key, name, AUDIT_KEY_LOG, bytes, err);
    g_autofree char *public_text = ok ? audit_key_text(&key) : NULL;
    g_autofree char *public_line = g_strconcat(public_text, "\n", NULL);
    ok = ok && write_state(data_folder, 0, &root, err) &&
         write_file(public_path, public_line, true, err) && write_file(path, text, false, err);
    explicit_bzero(text, strlen(text));
    explicit_bzero(digits, sizeof digits);
    audit_seed_clear(&seed);
    return ok;
}

static bool load(const char *data_folder, Secret *secret, GError **err)
{
    g_autofree char *path = audit_file_key(data_folder);
    if (access(path, F_OK) != 0 && errno == ENOENT && !make_key(data_folder, err))
        return false;
    return load_key(data_folder, secret, err) && load_state(data_folder, secret, err);
}

// ---- The signer -------------------------------------------------------------------------------

static bool sign(const char *data_folder, const Secret *secret, const Request *request,
                 Reply *reply, GError **err)
{
    if (!merkle_verify_consistency(secret->size, &secret->root, request->size, &request->root,
                                   &request->proof)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "the signer refuses a head of %" G_GUINT64_FORMAT
                    " leaves: it does not extend the one of %" G_GUINT64_FORMAT
                    " that it signed; is the database an older copy, or was it changed? Run clewd "
                    "audit verify",
                    request->size, secret->size);
        return false;
    }
    if (request->size != secret->size &&
        !write_state(data_folder, request->size, &request->root, err))
        return false;
    g_autofree char *body = checkpoint_body(secret->key.name, request->size, &request->root);
    reply->size = request->size;
    reply->root = request->root;
    if (audit_seed_sign(&secret->seed, body, strlen(body), reply->signature))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "the signer cannot sign");
    return false;
}

static void answer(const char *data_folder, const Request *request, Reply *reply)
{
    Secret secret = {0};
    g_autoptr(GError) error = NULL;
    bool ok = load(data_folder, &secret, &error);
    reply->number = request->number;
    reply->process = getpid();
    reply->key = secret.key;
    reply->size = secret.size;
    reply->root = secret.root;
    if (ok && request->question == ASK_SIGNATURE)
        ok = sign(data_folder, &secret, request, reply, &error);
    audit_seed_clear(&secret.seed);
    if (ok)
        return;
    reply->failure = (error != NULL ? error->code : CLEW_ERROR_INTERNAL) + 1;
    g_strlcpy(reply->message, error != NULL ? error->message : "the signer failed",
              sizeof reply->message);
}

// Until the other end is closed.
static void serve(int socket, const char *data_folder)
{
    while (true) {
        Request request;
        Reply reply;
        ssize_t got = recv(socket, &request, sizeof request, 0);
        if (got == 0)
            return;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return;
        if (got != sizeof request)
            continue;
        memset(&reply, 0, sizeof reply);
        answer(data_folder, &request, &reply);
        while (send(socket, &reply, sizeof reply, MSG_NOSIGNAL) < 0 && errno == EINTR)
            continue;
    }
}

// Nothing of the server's stays open, nobody may look in, and signals meant for the server do not
// end it: the closed socket does.
static void withdraw(int socket)
{
    const struct rlimit none = {0, 0};
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_NAME, "clew-signer");
    setrlimit(RLIMIT_CORE, &none);
    if (socket > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, (unsigned)socket - 1, 0);
    close_range((unsigned)socket + 1, ~0u, 0);
}

static void keep(int socket, const char *data_folder)
{
    withdraw(socket);
    while (true) {
        int status = 0;
        pid_t signer = fork();
        if (signer == 0) {
            serve(socket, data_folder);
            _exit(0);
        }
        while (signer > 0 && waitpid(signer, &status, 0) < 0 && errno == EINTR)
            continue;
        if (signer > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return;
        sleep(RESTART_SECONDS);
    }
}

// ---- The server's end -------------------------------------------------------------------------

AuditSigner *audit_signer_start(const char *data_folder, GError **err)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        clew_error_set_errno(err, errno, "cannot start the signer");
        return NULL;
    }
    pid_t keeper = fork();
    if (keeper == 0) {
        close(ends[0]);
        keep(ends[1], data_folder);
        _exit(0);
    }
    close(ends[1]);
    if (keeper < 0) {
        clew_error_set_errno(err, errno, "cannot start the signer");
        close(ends[0]);
        return NULL;
    }
    AuditSigner *signer = g_new0(AuditSigner, 1);
    *signer = (AuditSigner){.socket = ends[0], .keeper = keeper};
    return signer;
}

void audit_signer_free(AuditSigner *signer)
{
    if (signer == NULL)
        return;
    close(signer->socket);
    while (waitpid(signer->keeper, NULL, 0) < 0 && errno == EINTR)
        continue;
    g_free(signer);
}

static bool no_answer(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                "the process that signs heads of the record does not answer; acts are recorded, "
                "and heads are signed when it does");
    return false;
}

// Waits for the answer to this request; answers to earlier ones that were given up are passed over.
static bool receive(const AuditSigner *signer, Reply *reply, GError **err)
{
    int64_t until = g_get_monotonic_time() / 1000 + ANSWER_MS;
    while (true) {
        struct pollfd end = {.fd = signer->socket, .events = POLLIN};
        int64_t left = until - g_get_monotonic_time() / 1000;
        int ready = left > 0 ? poll(&end, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return no_answer(err);
        ssize_t got = recv(signer->socket, reply, sizeof *reply, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return no_answer(err);
        if (got == sizeof *reply && reply->number == signer->number)
            return true;
    }
}

static bool ask(AuditSigner *signer, Request *request, Reply *reply, GError **err)
{
    request->number = ++signer->number;
    ssize_t sent;
    do
        sent = send(signer->socket, request, sizeof *request, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return no_answer(err);
    if (!receive(signer, reply, err))
        return false;
    if (reply->failure == 0)
        return true;
    reply->message[MESSAGE_BYTES - 1] = '\0';
    g_set_error(err, CLEW_ERROR, reply->failure - 1, "%s", reply->message);
    return false;
}

bool audit_signer_state(AuditSigner *signer, AuditKey *ret_key, uint64_t *ret_size,
                        MerkleHash *ret_root, GError **err)
{
    Request request = {.question = ASK_STATE};
    Reply reply;
    if (!ask(signer, &request, &reply, err))
        return false;
    *ret_key = reply.key;
    *ret_size = reply.size;
    *ret_root = reply.root;
    return true;
}

bool audit_signer_sign(AuditSigner *signer, uint64_t size, const MerkleHash *root,
                       const MerkleProof *proof, uint8_t ret_signature[AUDIT_SIGNATURE_BYTES],
                       GError **err)
{
    Request request = {
        .question = ASK_SIGNATURE, .size = size, .root = *root, .proof.count = proof->count};
    Reply reply;
    memcpy(request.proof.hashes, proof->hashes,
           MIN(proof->count, (size_t)MERKLE_PROOF_MAX) * sizeof proof->hashes[0]);
    if (!ask(signer, &request, &reply, err))
        return false;
    memcpy(ret_signature, reply.signature, AUDIT_SIGNATURE_BYTES);
    return true;
}

int audit_signer_process(AuditSigner *signer)
{
    Request request = {.question = ASK_STATE};
    Reply reply;
    return ask(signer, &request, &reply, NULL) ? reply.process : 0;
}
