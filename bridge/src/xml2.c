/*
 * xml2.c - libxml2's callbacks over a stream.
 *
 * A callback can say -1 and no more, so the words go to the error handlers,
 * where libxml2 itself tells of files that fail.
 */
#include <rill/xml2.h>

#include <limits.h>
#include <stdio.h>

#include "bridge.h"

static int xml_failed(rill *s, const char *operation, int64_t code)
{
    char what[250], text[300];
    xmlError error = {0};

    bridge_failure(s, operation, code, what, sizeof(what));
    snprintf(text, sizeof(text), "XML stream: %s\n", what);
    error.domain = XML_FROM_IO;
    error.code = XML_IO_UNKNOWN;
    error.level = XML_ERR_ERROR;
    error.message = text;
    if (xmlStructuredError)
        xmlStructuredError(xmlStructuredErrorContext, &error);
    else
        xmlGenericError(xmlGenericErrorContext, "%s", text);
    return -1;
}

/* All that is asked for: libxml2 takes a tag that is only half there, or fewer
 * than the four bytes that tell an encoding, for malformed. */
static int xml_input(void *stream, char *data, int n)
{
    ptrdiff_t got = rill_read(stream, data, (size_t)n);

    return got < 0 ? xml_failed(stream, "read", got) : (int)got;
}

/* A short count is followed by another write, whose failure sticks. */
static int xml_output(void *stream, const char *data, int n)
{
    ptrdiff_t done = 0, rc = 1;

    while (done < n && rc > 0) {
        rc = rill_write(stream, data + done, (size_t)(n - done));
        done += rc;
    }
    return rc < 0 ? xml_failed(stream, "write", rc) : n;
}

xmlDocPtr rill_xml_read(rill *s, const char *url, const char *encoding,
                        int options)
{
    xmlDocPtr doc;

    if (!rill_readable(s))
        return NULL;
    doc = xmlReadIO(xml_input, NULL, s, url, encoding, options);
    if (doc && rill_failed(s, NULL) && !(options & XML_PARSE_RECOVER)) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

/* Read all that is left, in place, where it is memory that nobody can change:
 * where it is, or NULL. (Bytes put back lie elsewhere.) */
static const char *take_rest(rill *s, int *len_out)
{
    const void *content, *rest;
    ptrdiff_t len = rill_writable(s) ? -1 : rill_data(s, &content);
    ptrdiff_t left = len > 0 ? rill_peek(s, &rest, 0) : 0;

    if (left <= 0 || left > INT_MAX ||
        (const char *)rest + left != (const char *)content + len)
        return NULL;
    rill_consume(s, (size_t)left);
    *len_out = (int)left;
    return rest;
}

xmlTextReaderPtr rill_xml_reader(rill *s, const char *url, const char *encoding,
                                 int options)
{
    const char *data;
    int len;

    if (!rill_readable(s))
        return NULL;
    data = take_rest(s, &len);
    if (data)
        return xmlReaderForMemory(data, len, url, encoding, options);
    return xmlReaderForIO(xml_input, NULL, s, url, encoding, options);
}

xmlParserInputBufferPtr rill_xml_input(rill *s, xmlCharEncoding encoding)
{
    if (!rill_readable(s))
        return NULL;
    return xmlParserInputBufferCreateIO(xml_input, NULL, s, encoding);
}

xmlSaveCtxtPtr rill_xml_save(rill *s, const char *encoding, int options)
{
    if (!rill_writable(s))
        return NULL;
    return xmlSaveToIO(xml_output, NULL, s, encoding, options);
}

xmlOutputBufferPtr rill_xml_output(rill *s, xmlCharEncodingHandlerPtr encoder)
{
    if (!rill_writable(s))
        return NULL;
    return xmlOutputBufferCreateIO(xml_output, NULL, s, encoder);
}
