/*
 * test_xml2.c - libxml2 over every kind of stream: documents come back as they
 * were by each way of reading and writing, and what fails is told to libxml2's
 * error handlers, with the stream's words.
 */
#include "streams.h"

#include <errno.h>

#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>
#include <rill/testing/double.h>
#include <rill/xml2.h>

enum { ITEMS = 4000 }; /* more than a window */

/* Where libxml2's errors go: those of streams, the last one. */
static char told[300];

static void keep_text(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    if (error->domain == XML_FROM_IO && strncmp(error->message, "XML", 3) == 0)
        snprintf(told, sizeof(told), "%s", error->message);
}

/* Nothing was told yet, and nothing of it is printed. */
static void listen(void)
{
    told[0] = 0;
    xmlSetStructuredErrorFunc(NULL, keep_text);
}

static const xmlChar *x(const char *text)
{
    return (const xmlChar *)text;
}

/* <list><item n="0">...</item>...</list>, with text of two and three bytes. */
static xmlDocPtr make(void)
{
    xmlDocPtr doc = xmlNewDoc(x("1.0"));
    xmlNodePtr root = xmlNewNode(NULL, x("list"));
    char number[16];
    int i;

    xmlDocSetRootElement(doc, root);
    for (i = 0; i < ITEMS; i++) {
        xmlNodePtr item = xmlNewTextChild(
            root, NULL, x("item"), x("gr\xc3\xbc\xc3\x9f <&> \xe2\x82\xac"));

        snprintf(number, sizeof(number), "%d", i);
        xmlNewProp(item, x("n"), x(number));
    }
    return doc;
}

/* Save the document: what xmlSaveClose() says. */
static int save(rill *s, const char *encoding)
{
    xmlDocPtr doc = make();
    xmlSaveCtxtPtr ctxt = rill_xml_save(s, encoding, XML_SAVE_FORMAT);
    int rc;

    CHECK(ctxt != NULL);
    xmlSaveDoc(ctxt, doc);
    rc = xmlSaveClose(ctxt);
    xmlFreeDoc(doc);
    return rc;
}

static void check_doc(xmlDocPtr doc)
{
    xmlDocPtr want = make();
    xmlChar *a, *b;
    int a_len, b_len;

    CHECK(doc != NULL);
    xmlDocDumpMemoryEnc(doc, &a, &a_len, "UTF-8");
    xmlDocDumpMemoryEnc(want, &b, &b_len, "UTF-8");
    CHECK_MEM(a, a_len, b, (size_t)b_len);
    xmlFree(a);
    xmlFree(b);
    xmlFreeDoc(want);
    xmlFreeDoc(doc);
}

/* The document as bytes: rill_free(). */
static size_t bytes_of(void **data_out)
{
    rill *s = rill_open_mem(NULL);
    ptrdiff_t len;

    CHECK(save(s, "UTF-8") >= 0);
    len = rill_take(s, data_out);
    CHECK(len > ITEMS * 30);
    CHECK_OK(rill_close(s));
    return (size_t)len;
}

BRIDGE_TEST(xml2__comes_back)
{
    static const char *const encodings[] = {"UTF-8", "UTF-16", "ASCII"};
    size_t i;

    listen();
    for (i = 0; i < 3; i++) {
        rill *s = kind->open();

        test_context("%s", encodings[i]);
        CHECK_INT(3, rill_puts(s, "abc"));
        CHECK(save(s, encodings[i]) >= 0);
        CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
        check_doc(rill_xml_read(s, NULL, NULL, XML_PARSE_NOBLANKS));
        CHECK_OK(rill_close(s));
    }
    CHECK_STR("", told);
}

/* How many elements `name` a reader finds; -1 where it fails. */
static int count(xmlTextReaderPtr reader, const char *name)
{
    int found = 0, rc;

    CHECK(reader != NULL);
    while ((rc = xmlTextReaderRead(reader)) == 1)
        found +=
            xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT &&
            strcmp((const char *)xmlTextReaderConstName(reader), name) == 0;
    xmlFreeTextReader(reader);
    return rc < 0 ? -1 : found;
}

BRIDGE_TEST(xml2__reader)
{
    rill *s = kind->open();
    xmlParserInputBufferPtr input;

    listen();
    CHECK(save(s, "UTF-8") >= 0);
    rill_rewind(s);
    CHECK_INT(ITEMS, count(rill_xml_reader(s, NULL, NULL, 0), "item"));
    rill_rewind(s);
    input = rill_xml_input(s, XML_CHAR_ENCODING_NONE);
    CHECK_INT(ITEMS, count(xmlNewTextReader(input, NULL), "item"));
    xmlFreeParserInputBuffer(input);
    CHECK_OK(rill_close(s));
}

/* What is memory, and stays, is not copied; but for bytes that were put back. */
TEST(xml2__reader_in_place)
{
    rill *s = rill_open_view("?a><b/></a>", 11);
    xmlTextReaderPtr reader;

    listen();
    CHECK_INT('?', rill_getc(s));
    CHECK_INT('<', rill_ungetc(s, '<'));
    CHECK_INT(1, count(rill_xml_reader(s, NULL, NULL, 0), "a"));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(-1, count(rill_xml_reader(s, NULL, NULL, 0), "b")); /* </a> */
    CHECK_INT(11, rill_tell(s));
    CHECK_OK(rill_close(s));

    s = rill_open_view("head<a><b/></a>", 15);
    CHECK_INT(4, rill_seek(s, 4, RILL_SEEK_SET));
    CHECK_INT(1, count(rill_xml_reader(s, NULL, NULL, 0), "b"));
    CHECK_INT(15, rill_tell(s));
    CHECK_INT(-1, count(rill_xml_reader(s, NULL, NULL, 0), "b")); /* nothing */
    CHECK_OK(rill_close(s));

    /* Memory that can be written may change, and does: what libxml2 has read
     * ahead is its own. */
    s = rill_open_mem(NULL);
    CHECK_INT(1011, rill_printf(s, "<a>%1000s<b/></a>", ""));
    CHECK_OK(rill_rewind(s));
    reader = rill_xml_reader(s, NULL, NULL, 0);
    CHECK_INT(1, xmlTextReaderRead(reader));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(1011, rill_printf(s, "%1011s", ""));
    CHECK_INT(1, count(reader, "b"));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(xml2__writer)
{
    rill *s = kind->open();
    xmlTextWriterPtr writer = xmlNewTextWriter(rill_xml_output(s, NULL));
    xmlDocPtr doc = make();
    int i;

    listen();
    CHECK(writer != NULL);
    xmlTextWriterStartElement(writer, x("a"));
    for (i = 0; i < 3; i++)
        xmlTextWriterWriteElement(writer, x("b"), x("c"));
    xmlTextWriterEndDocument(writer);
    xmlFreeTextWriter(writer);
    CHECK_HOLDS(s, "<a><b>c</b><b>c</b><b>c</b></a>\n");

    CHECK_OK(rill_truncate(s, 0));
    rill_rewind(s);
    CHECK(xmlSaveFormatFileTo(rill_xml_output(s, NULL), doc, NULL, 0) > 0);
    xmlFreeDoc(doc);
    rill_rewind(s);
    check_doc(rill_xml_read(s, NULL, NULL, 0));
    CHECK_OK(rill_close(s));
}

TEST(xml2__from_a_pipe)
{
    void *data;
    size_t len = bytes_of(&data);
    rill *s = open_pipe(data, len);

    listen();
    check_doc(rill_xml_read(s, NULL, NULL, XML_PARSE_NOBLANKS));
    CHECK_OK(rill_close(s));
    rill_free(data);
}

/* What a document refers to is found beside its url. */
TEST(xml2__url)
{
    rill *s = rill_open_view("<!DOCTYPE a SYSTEM 'a.dtd'><a>&b;</a>", 37);
    xmlDocPtr doc;

    listen();
    test_write_file("a.dtd", "<!ENTITY b 'text'>", 18);
    doc =
        rill_xml_read(s, "here.xml", NULL, XML_PARSE_DTDLOAD | XML_PARSE_NOENT);
    CHECK(doc != NULL);
    CHECK_STR("here.xml", (const char *)doc->URL);
    CHECK_STR("text", (const char *)doc->children->next->children->content);
    xmlFreeDoc(doc);
    CHECK_OK(rill_close(s));
}

TEST(xml2__cut_short)
{
    void *data;
    size_t len = bytes_of(&data), cut;

    listen();
    for (cut = 0; cut < len - 10; cut += 1 + cut / 4) {
        rill *s = rill_open_view(data, cut);

        test_context("cut to %zu bytes", cut);
        CHECK_PTR(NULL, rill_xml_read(s, NULL, NULL, 0));
        CHECK(xmlGetLastError() != NULL);
        CHECK_INT(XML_FROM_PARSER, xmlGetLastError()->domain);
        rill_rewind(s);
        CHECK_INT(-1, count(rill_xml_reader(s, NULL, NULL, 0), "item"));
        CHECK_OK(rill_close(s));
    }
    CHECK_STR("", told);
    rill_free(data);
}

TEST(xml2__reading_fails)
{
    void *data;
    size_t len = bytes_of(&data);
    rill *s = open_failing(data, len, 7000, EIO);
    rill_error e;

    listen();
    CHECK_PTR(NULL, rill_xml_read(s, NULL, NULL, 0));
    CHECK_STR("XML stream: read at 7000: Input/output error\n", told);
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_CODE(RILL_EIO, rill_close(s));

    listen();
    s = open_failing(data, len, 7000, EIO);
    CHECK_INT(-1, count(rill_xml_reader(s, NULL, NULL, 0), "item"));
    CHECK_STR("XML stream: read at 7000: Input/output error\n", told);
    CHECK_CODE(RILL_EIO, rill_close(s));
    rill_free(data);
}

static void RILL_PRINTF(2, 3) log_error(void *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    rill_vprintf(log, format, args);
    va_end(args);
}

/* Without a handler for structures, the other is told. */
TEST(xml2__generic_handler)
{
    rill *s = open_failing("<a/>", 4, 4, EIO);
    rill *log = rill_open_mem(NULL);

    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlSetGenericErrorFunc(log, log_error);
    CHECK_PTR(NULL, rill_xml_read(s, NULL, NULL, 0));
    xmlSetGenericErrorFunc(NULL, NULL);
    CHECK_HOLDS(log, "XML stream: read at 4: Input/output error\n");
    CHECK_OK(rill_close(log));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

/* The failure lies behind the last tag: only who asks for it gets a document. */
TEST(xml2__fails_behind_the_document)
{
    rill *s = open_failing("<a/>", 4, 4, EIO);
    xmlDocPtr doc;

    listen();
    CHECK_PTR(NULL, rill_xml_read(s, NULL, NULL, 0));
    CHECK_CODE(RILL_EIO, rill_close(s));
    s = open_failing("<a/>", 4, 4, EIO);
    doc = rill_xml_read(s, NULL, NULL, XML_PARSE_RECOVER);
    CHECK(doc != NULL);
    xmlFreeDoc(doc);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(xml2__writing_fails)
{
    rill *s = open_failing("", 0, 7000, ENOSPC);
    xmlDocPtr doc = make();

    listen();
    CHECK_INT(-1, save(s, "UTF-8"));
    CHECK_STR("XML stream: write at 7000: No space left on device\n", told);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));

    s = open_failing("", 0, 7000, ENOSPC);
    CHECK_INT(-1, xmlSaveFormatFileTo(rill_xml_output(s, NULL), doc, NULL, 0));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    xmlFreeDoc(doc);
}

TEST(xml2__no_room)
{
    static unsigned char room[700];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);
    xmlDocPtr doc;

    listen();
    CHECK_INT(-1, save(s, "UTF-8"));
    CHECK_STR("XML stream: write at 700: no space left\n", told);
    CHECK_INT(sizeof(room), rill_tell(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));

    /* A document of one piece, and not even that fits. */
    listen();
    s = rill_open_fixed(room, 5, NULL);
    doc = xmlReadMemory("<a>text</a>", 11, NULL, NULL, 0);
    CHECK_INT(-1, xmlSaveFormatFileTo(rill_xml_output(s, NULL), doc, NULL, 0));
    xmlFreeDoc(doc);
    CHECK_STR("XML stream: write at 5: no space left\n", told);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(xml2__would_block)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("<a>"),
        RILL_STEP_BLOCKS, /* ends a read that has got something */
        RILL_STEP_BLOCKS,
    };
    rill_script script = {.steps = steps, .count = 3};
    rill *s = rill_open_script(&script, NULL);

    listen();
    CHECK_PTR(NULL, rill_xml_read(s, NULL, NULL, 0));
    CHECK(strstr(told, rill_strerror(RILL_EAGAIN)) != NULL);
    CHECK_OK(rill_close(s));
}

TEST(xml2__not_open_for_it)
{
    rill *in = rill_open_view("<a/>", 4), *out = rill_open("out", "wb");

    CHECK_PTR(NULL, rill_xml_save(in, NULL, 0));
    CHECK_PTR(NULL, rill_xml_output(in, NULL));
    CHECK_PTR(NULL, rill_xml_read(out, NULL, NULL, 0));
    CHECK_PTR(NULL, rill_xml_reader(out, NULL, NULL, 0));
    CHECK_PTR(NULL, rill_xml_input(out, XML_CHAR_ENCODING_NONE));
    CHECK_OK(rill_close(in));
    CHECK_OK(rill_close(out));
}
