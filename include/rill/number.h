/*
 * rill/number.h - integers and floats of a fixed byte order, and varints.
 *
 * Names say type and order: rill_put_u32le(), rill_get_i64be(), rill_put_f64le
 * (IEEE 754). Each put writes all of a number or returns a negative code; each get stores through
 * its pointer only when it returns 0, and returns RILL_EEOF where the data
 * ends before or within the number. Rules as in rill/stream.h.
 */
#ifndef RILL_NUMBER_H
#define RILL_NUMBER_H

#include <rill/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Write the bytes of one number: all of them or none. */
static inline int rill_put_bytes(rill *s, const unsigned char *b, size_t n)
{
    void *room;
    ptrdiff_t have;

    if (RILL_LIKELY(n <= (size_t)(s->wend - s->wpos))) {
        memcpy(s->wpos, b, n);
        s->wpos += n;
        return RILL_OK;
    }
    have = rill_reserve(s, &room, n);
    if (have < 0)
        return (int)have;
    memcpy(room, b, n);
    return rill_commit(s, n);
}

/* ---- Unsigned ---------------------------------------------------------- */

static inline int rill_put_u8(rill *s, uint8_t v)
{
    unsigned char b[1];

    b[0] = (unsigned char)v;
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u8(rill *s, uint8_t *v_out)
{
    unsigned char b[1];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = b[0];
    return RILL_OK;
}

static inline int rill_put_u16le(rill *s, uint16_t v)
{
    unsigned char b[2];

    b[0] = (unsigned char)v;
    b[1] = (unsigned char)(v >> 8);
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u16le(rill *s, uint16_t *v_out)
{
    unsigned char b[2];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = (uint16_t)((uint32_t)b[0] | (uint32_t)b[1] << 8);
    return RILL_OK;
}

static inline int rill_put_u16be(rill *s, uint16_t v)
{
    unsigned char b[2];

    b[0] = (unsigned char)(v >> 8);
    b[1] = (unsigned char)v;
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u16be(rill *s, uint16_t *v_out)
{
    unsigned char b[2];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = (uint16_t)((uint32_t)b[0] << 8 | (uint32_t)b[1]);
    return RILL_OK;
}

static inline int rill_put_u32le(rill *s, uint32_t v)
{
    unsigned char b[4];

    b[0] = (unsigned char)v;
    b[1] = (unsigned char)(v >> 8);
    b[2] = (unsigned char)(v >> 16);
    b[3] = (unsigned char)(v >> 24);
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u32le(rill *s, uint32_t *v_out)
{
    unsigned char b[4];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
             (uint32_t)b[3] << 24;
    return RILL_OK;
}

static inline int rill_put_u32be(rill *s, uint32_t v)
{
    unsigned char b[4];

    b[0] = (unsigned char)(v >> 24);
    b[1] = (unsigned char)(v >> 16);
    b[2] = (unsigned char)(v >> 8);
    b[3] = (unsigned char)v;
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u32be(rill *s, uint32_t *v_out)
{
    unsigned char b[4];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
             (uint32_t)b[3];
    return RILL_OK;
}

static inline int rill_put_u64le(rill *s, uint64_t v)
{
    unsigned char b[8];

    b[0] = (unsigned char)v;
    b[1] = (unsigned char)(v >> 8);
    b[2] = (unsigned char)(v >> 16);
    b[3] = (unsigned char)(v >> 24);
    b[4] = (unsigned char)(v >> 32);
    b[5] = (unsigned char)(v >> 40);
    b[6] = (unsigned char)(v >> 48);
    b[7] = (unsigned char)(v >> 56);
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u64le(rill *s, uint64_t *v_out)
{
    unsigned char b[8];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 |
             (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
             (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
    return RILL_OK;
}

static inline int rill_put_u64be(rill *s, uint64_t v)
{
    unsigned char b[8];

    b[0] = (unsigned char)(v >> 56);
    b[1] = (unsigned char)(v >> 48);
    b[2] = (unsigned char)(v >> 40);
    b[3] = (unsigned char)(v >> 32);
    b[4] = (unsigned char)(v >> 24);
    b[5] = (unsigned char)(v >> 16);
    b[6] = (unsigned char)(v >> 8);
    b[7] = (unsigned char)v;
    return rill_put_bytes(s, b, sizeof(b));
}

static inline int rill_get_u64be(rill *s, uint64_t *v_out)
{
    unsigned char b[8];
    int rc = rill_read_exact(s, b, sizeof(b));

    if (rc < 0)
        return rc;
    *v_out = (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 |
             (uint64_t)b[2] << 40 | (uint64_t)b[3] << 32 |
             (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 | (uint64_t)b[6] << 8 |
             (uint64_t)b[7];
    return RILL_OK;
}

/* ---- Signed: two's complement ------------------------------------------ */

static inline int rill_put_i8(rill *s, int8_t v)
{
    return rill_put_u8(s, (uint8_t)v);
}

static inline int rill_get_i8(rill *s, int8_t *v_out)
{
    uint8_t u;
    int rc = rill_get_u8(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_i16le(rill *s, int16_t v)
{
    return rill_put_u16le(s, (uint16_t)v);
}

static inline int rill_get_i16le(rill *s, int16_t *v_out)
{
    uint16_t u;
    int rc = rill_get_u16le(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_i16be(rill *s, int16_t v)
{
    return rill_put_u16be(s, (uint16_t)v);
}

static inline int rill_get_i16be(rill *s, int16_t *v_out)
{
    uint16_t u;
    int rc = rill_get_u16be(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_i32le(rill *s, int32_t v)
{
    return rill_put_u32le(s, (uint32_t)v);
}

static inline int rill_get_i32le(rill *s, int32_t *v_out)
{
    uint32_t u;
    int rc = rill_get_u32le(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_i32be(rill *s, int32_t v)
{
    return rill_put_u32be(s, (uint32_t)v);
}

static inline int rill_get_i32be(rill *s, int32_t *v_out)
{
    uint32_t u;
    int rc = rill_get_u32be(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_i64le(rill *s, int64_t v)
{
    return rill_put_u64le(s, (uint64_t)v);
}

static inline int rill_get_i64le(rill *s, int64_t *v_out)
{
    uint64_t u;
    int rc = rill_get_u64le(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_i64be(rill *s, int64_t v)
{
    return rill_put_u64be(s, (uint64_t)v);
}

static inline int rill_get_i64be(rill *s, int64_t *v_out)
{
    uint64_t u;
    int rc = rill_get_u64be(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

/* ---- Floats: IEEE 754 binary32 and binary64 ----------------------------- */

static inline int rill_put_f32le(rill *s, float v)
{
    uint32_t u;

    memcpy(&u, &v, sizeof(u));
    return rill_put_u32le(s, u);
}

static inline int rill_get_f32le(rill *s, float *v_out)
{
    uint32_t u;
    int rc = rill_get_u32le(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_f32be(rill *s, float v)
{
    uint32_t u;

    memcpy(&u, &v, sizeof(u));
    return rill_put_u32be(s, u);
}

static inline int rill_get_f32be(rill *s, float *v_out)
{
    uint32_t u;
    int rc = rill_get_u32be(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_f64le(rill *s, double v)
{
    uint64_t u;

    memcpy(&u, &v, sizeof(u));
    return rill_put_u64le(s, u);
}

static inline int rill_get_f64le(rill *s, double *v_out)
{
    uint64_t u;
    int rc = rill_get_u64le(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

static inline int rill_put_f64be(rill *s, double v)
{
    uint64_t u;

    memcpy(&u, &v, sizeof(u));
    return rill_put_u64be(s, u);
}

static inline int rill_get_f64be(rill *s, double *v_out)
{
    uint64_t u;
    int rc = rill_get_u64be(s, &u);

    if (rc == RILL_OK)
        memcpy(v_out, &u, sizeof(u));
    return rc;
}

/* ---- Varints: LEB128, as DWARF, WebAssembly and Protocol Buffers ---------- */

/*
 * Write a number in 1 to 10 bytes: seven bits a byte, the lowest first.
 * Source: DWARF 5, section 7.6.
 */
RILL_API int rill_put_uleb128(rill *s, uint64_t v);
RILL_API int rill_put_sleb128(rill *s, int64_t v);

/*
 * Read one. Padding (a longer form than needed) is accepted up to 10 bytes.
 * RILL_EDATA where the number does not fit 64 bits or goes on for more than 10
 * bytes; the position is then behind the last byte that was looked at.
 */
RILL_API int rill_get_uleb128(rill *s, uint64_t *v_out);
RILL_API int rill_get_sleb128(rill *s, int64_t *v_out);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_NUMBER_H */
