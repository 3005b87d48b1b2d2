// QEMU TCG plugin (API version 1, QEMU 7.2) that counts what an arm64 program executes. The prototypes are declared
// here because no package holds the header. One counter a translated block, added to in line and without locks:
// for programs that run one thread at a time. What counts lies between two calls of getpgid(MARK), so that neither
// start and load nor what threads do while they are started is in it.
//   out=FILE   "total N", "fmla N", "memory N", then "block ADDRESS EXECUTIONS INSTRUCTIONS" for each block
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*on_translation_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*on_system_call_t)(
    qemu_plugin_id_t id, unsigned vcpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
    uint64_t a6, uint64_t a7, uint64_t a8);
typedef void (*on_exit_t)(qemu_plugin_id_t id, void *data);
enum { INLINE_ADD_U64 = 0, GETPGID = 155, MARK = -4711 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, on_translation_t callback);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, on_system_call_t callback);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, on_exit_t callback, void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int operation, void *counter, uint64_t value);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

typedef struct Block {
    struct Block *next;
    uint64_t executions, start, end, address;
    uint32_t instructions, fmla, memory;
} Block;

static Block *blocks;
static const char *path;
static int marks;

// FMLA of 32-bit floats: vectors, and a vector by an element.
static int is_fmla(uint32_t op) {
    return (op & 0xbfe0fc00) == 0x0e20cc00 || (op & 0xbfc0f400) == 0x0f801000;
}

static int is_memory(uint32_t op) { return (op & 0x0a000000) == 0x08000000; }

// Translations are serialised by QEMU; a block that is translated again is counted in a new entry.
static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    Block *block = calloc(1, sizeof *block);
    block->address = qemu_plugin_tb_vaddr(tb);
    block->instructions = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < block->instructions; i++) {
        uint32_t op;
        memcpy(&op, qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i)), sizeof op);
        block->fmla += is_fmla(op);
        block->memory += is_memory(op);
    }
    block->next = __atomic_load_n(&blocks, __ATOMIC_ACQUIRE);
    while (!__atomic_compare_exchange_n(&blocks, &block->next, block, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {}
    qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &block->executions, 1);
}

// The first mark takes down where every counter starts, the second where it ends.
static void on_system_call(
    qemu_plugin_id_t id, unsigned vcpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
    uint64_t a6, uint64_t a7, uint64_t a8) {
    if (number != GETPGID || (int32_t)a1 != MARK) return;
    marks++;
    for (Block *b = __atomic_load_n(&blocks, __ATOMIC_ACQUIRE); b; b = b->next)
        *(marks == 1 ? &b->start : &b->end) = b->executions;
}

static uint64_t counted(const Block *block) { return block->end - block->start; }

static void on_exit_print(qemu_plugin_id_t id, void *unused) {
    if (marks != 2) { fprintf(stderr, "count: %d marks instead of 2\n", marks); return; }
    FILE *out = fopen(path, "w");
    if (!out) { perror(path); return; }
    uint64_t total = 0, fmla = 0, memory = 0;
    for (Block *b = blocks; b; b = b->next) {
        total += counted(b) * b->instructions;
        fmla += counted(b) * b->fmla;
        memory += counted(b) * b->memory;
    }
    fprintf(out, "total %" PRIu64 "\nfmla %" PRIu64 "\nmemory %" PRIu64 "\n", total, fmla, memory);
    for (Block *b = blocks; b; b = b->next)
        if (counted(b))
            fprintf(out, "block %" PRIx64 " %" PRIu64 " %" PRIu32 "\n", b->address, counted(b), b->instructions);
    fclose(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **arguments) {
    for (int i = 0; i < count; i++)
        if (!strncmp(arguments[i], "out=", 4)) path = strdup(arguments[i] + 4);
    if (!path) { fputs("count: out=FILE is missing\n", stderr); return -1; }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_vcpu_syscall_cb(id, on_system_call);
    qemu_plugin_register_atexit_cb(id, on_exit_print, NULL);
    return 0;
}
