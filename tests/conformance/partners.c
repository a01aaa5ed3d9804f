/*
 * partners.c - memory and files, as rows: what every store is copied to.
 */
#include "partners.h"

rill *fixture_open_mem(fixture *fx, const char *mode, const void *data,
                       size_t len)
{
    (void)mode;
    return rill_open_mem_copy(data, len, &fx->options);
}

void fixture_look_at_value(fixture *fx, rill *s)
{
    const void *data;
    ptrdiff_t n;

    if (!s)
        return;
    n = rill_data(s, &data);
    if (n < 0)
        FAIL("rill_data: %s", test_code_name(n));
    rill_conform_holds(fx, data, (size_t)n);
}

rill *fixture_open_file(fixture *fx, const char *mode, const void *data,
                        size_t len)
{
    fx->options.buffer_size = fx->row->setting;
    test_write_file(fx->path, data, len);
    return rill_open_with(fx->path, mode, &fx->options);
}

void fixture_look_at_file(fixture *fx, rill *s)
{
    size_t len;
    void *data = test_read_file(fx->path, &len);

    (void)s;
    rill_conform_holds(fx, data, len);
    free(data);
}

const fixture_row partners[] = {
    {"mem", fixture_open_mem, fixture_look_at_value, NULL, CAN_MEM | OPTIONS,
     0},
    {"file", fixture_open_file, fixture_look_at_file, NULL, CAN_FILE, 0},
};

const size_t partner_count = sizeof(partners) / sizeof(partners[0]);
