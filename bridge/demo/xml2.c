/*
 * xml2.c (demo) - libxml2: the bytes become the text of a document, two digits
 * each, and bytes again.
 */
#include <rill/xml2.h>

#include "carry.h"

const char carrier[] = "libxml2, as text of a document";

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static int save(rill *from, rill *file)
{
    xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");
    rill *text = rill_open_mem(NULL);
    const void *digits = "";
    xmlSaveCtxtPtr out;
    int byte, ok;

    while ((byte = rill_getc(from)) >= 0)
        rill_printf(text, "%02x", (unsigned)byte);
    rill_putc(text, '\0');
    rill_data(text, &digits);
    xmlDocSetRootElement(
        doc, xmlNewDocNode(doc, NULL, (const xmlChar *)"goods", digits));
    out = rill_xml_save(file, NULL, 0);
    ok = out && xmlSaveDoc(out, doc) >= 0;
    if (out)
        ok &= xmlSaveClose(out) >= 0;
    xmlFreeDoc(doc);
    return rill_close(text) == 0 && ok;
}

static int load(rill *file, rill *to)
{
    xmlDocPtr doc = rill_xml_read(file, NULL, NULL, XML_PARSE_HUGE);
    xmlChar *text = doc ? xmlNodeGetContent(xmlDocGetRootElement(doc)) : NULL;
    const char *digits = (const char *)text;

    for (; digits && *digits; digits += 2)
        rill_putc(to, digit(digits[0]) << 4 | digit(digits[1]));
    xmlFree(text);
    xmlFreeDoc(doc);
    return digits != NULL;
}

int carry(rill *from, rill *to)
{
    rill *file = rill_open_mem(NULL);
    int ok = file && save(from, file);

    rill_rewind(file);
    ok = ok && load(file, to);
    return rill_close(file) == 0 && ok ? 0 : -1;
}
