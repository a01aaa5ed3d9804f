/*
 * xml2.c (bench) - libxml2 parses a document in memory and saves it there: by
 * its own functions for memory, and by a stream.
 */
#include <stdio.h>
#include <string.h>

#include <rill/xml2.h>

#include "side_by_side.h"

enum { ITEMS = 20000 };

/* A document, as text and parsed. */
struct xml {
    void *data;
    int len;
    xmlDocPtr doc;
};

static void read_own(void *ctx)
{
    struct xml *x = ctx;
    xmlDocPtr doc = xmlReadMemory(x->data, x->len, NULL, NULL, 0);

    if (!doc)
        give_up("cannot parse");
    xmlFreeDoc(doc);
}

static void read_ours(void *ctx)
{
    struct xml *x = ctx;
    rill *s = rill_open_view(x->data, (size_t)x->len);
    xmlDocPtr doc = rill_xml_read(s, NULL, NULL, 0);

    if (!doc || rill_close(s) < 0)
        give_up("cannot parse");
    xmlFreeDoc(doc);
}

static void walk(xmlTextReaderPtr reader)
{
    int rc;

    while ((rc = xmlTextReaderRead(reader)) == 1)
        ;
    if (rc < 0)
        give_up("cannot parse");
    xmlFreeTextReader(reader);
}

static void walk_own(void *ctx)
{
    struct xml *x = ctx;

    walk(xmlReaderForMemory(x->data, x->len, NULL, NULL, 0));
}

static void walk_ours(void *ctx)
{
    struct xml *x = ctx;
    rill *s = rill_open_view(x->data, (size_t)x->len);

    walk(rill_xml_reader(s, NULL, NULL, 0));
    if (rill_close(s) < 0)
        give_up("close");
}

static void save_own(void *ctx)
{
    struct xml *x = ctx;
    xmlChar *data = NULL;
    int len = 0;

    xmlDocDumpMemoryEnc(x->doc, &data, &len, "UTF-8");
    if (len != x->len)
        give_up("cannot save");
    xmlFree(data);
}

static void save_ours(void *ctx)
{
    struct xml *x = ctx;
    rill *s = rill_open_mem(NULL);
    xmlSaveCtxtPtr save = rill_xml_save(s, "UTF-8", 0);

    xmlSaveDoc(save, x->doc);
    if (xmlSaveClose(save) < 0 || rill_tell(s) != x->len || rill_close(s) < 0)
        give_up("cannot save");
}

/* A log of many short entries. */
static struct xml make(void)
{
    struct xml x = {NULL, 0, NULL};
    rill *s = rill_open_mem(NULL);
    int i;

    rill_puts(s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<log>\n");
    for (i = 0; i < ITEMS; i++)
        rill_printf(s, "<entry n=\"%d\"><text>what happened</text></entry>\n",
                    i);
    rill_puts(s, "</log>\n");
    x.len = (int)rill_take(s, &x.data);
    if (rill_close(s) < 0)
        give_up("close");
    x.doc = xmlReadMemory(x.data, x.len, NULL, NULL, 0);
    return x;
}

int main(void)
{
    struct xml x = make();

    side_by_side("libxml2 parses a document in memory", (size_t)x.len, read_own,
                 read_ours, &x);
    side_by_side("libxml2 walks through it by a reader", (size_t)x.len,
                 walk_own, walk_ours, &x);
    side_by_side("libxml2 saves it to memory", (size_t)x.len, save_own,
                 save_ours, &x);
    xmlFreeDoc(x.doc);
    rill_free(x.data);
    return 0;
}
