/*
 * rill/xml2.h - libxml2 reads from, and writes to, any stream.
 *
 *     rill *s = rill_open_mem(NULL);
 *     xmlSaveCtxtPtr save = rill_xml_save(s, "UTF-8", XML_SAVE_FORMAT);
 *     xmlSaveDoc(save, doc);
 *     if (xmlSaveClose(save) < 0)
 *         ...
 *     rill_rewind(s);
 *     again = rill_xml_read(s, NULL, NULL, 0);
 *
 * What they return is freed as what the functions return that they stand for;
 * NULL if there is no memory, or the stream is not open for it.
 *
 *   errors     a failure of the stream is told to the error handlers of libxml2
 *              (xmlSetStructuredErrorFunc(), xmlSetGenericErrorFunc()), in the
 *              domain XML_FROM_IO and in words ("XML stream: read at 4096:
 *              Input/output error"), and ends the reading or writing as such
 *              failures do. It sticks to the stream too, where that says so:
 *              rill_failed() has the errno. A stream that would block has
 *              failed.
 *   ownership  what they return borrows the stream.
 *   position   reading and writing start at the stream's position. libxml2
 *              reads ahead: behind a document, the position is anywhere.
 *   threads    as one stream and one parser: one thread at a time.
 */
#ifndef RILL_XML2_H
#define RILL_XML2_H

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlsave.h>

#include <rill/rill.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Reading ------------------------------------------------------------ */

/*
 * Read a document: instead of xmlReadFile(), xmlReadMemory(), xmlReadIO(). `url`
 * (may be NULL) is what it is called in messages, and what its relative links
 * start from. Without XML_PARSE_RECOVER there is no document, but NULL, if the
 * stream failed, even if that was behind its last tag.
 */
RILL_API xmlDocPtr rill_xml_read(rill *s, const char *url, const char *encoding,
                                 int options);

/* A reader, which goes through a document of any size with little memory:
 * instead of xmlReaderForFile(), xmlReaderForMemory(), xmlReaderForIO(). A
 * stream that is memory and cannot be written is read in place. */
RILL_API xmlTextReaderPtr rill_xml_reader(rill *s, const char *url,
                                          const char *encoding, int options);

/* What all other ways to parse start from (xmlNewIOInputStream(),
 * xmlNewTextReader()...): instead of xmlParserInputBufferCreateIO(). */
RILL_API xmlParserInputBufferPtr rill_xml_input(rill *s,
                                                xmlCharEncoding encoding);

/* ---- Writing ------------------------------------------------------------ */

/* Save documents and nodes by xmlSaveDoc(), xmlSaveTree(): instead of
 * xmlSaveToFilename(), xmlSaveToIO(). xmlSaveClose() returns -1 if a write
 * failed; it does not flush the stream: rill_close() or rill_flush() will. */
RILL_API xmlSaveCtxtPtr rill_xml_save(rill *s, const char *encoding,
                                      int options);

/* What all other ways to write start from (xmlNewTextWriter(),
 * xmlSaveFormatFileTo()...): instead of xmlOutputBufferCreateIO(). Closing it
 * gives -1 if a write failed, and does not flush the stream. */
RILL_API xmlOutputBufferPtr rill_xml_output(rill *s,
                                            xmlCharEncodingHandlerPtr encoder);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_XML2_H */
