/*
 * xml2.c - a drawing is read from a file, indented into memory, and read again
 * from there, piece by piece, through libxml2.
 *
 *     xml2 PICTURE.png        reads the drawing PICTURE.svg beside it
 */
#include <stdio.h>
#include <string.h>

#include <rill/xml2.h>

/* Write the document, with one element in each line, to `s`. */
static int save_indented(xmlDocPtr doc, rill *s)
{
    xmlSaveCtxtPtr save = rill_xml_save(s, "UTF-8", XML_SAVE_FORMAT);

    if (!save)
        return -1;
    xmlSaveDoc(save, doc);
    return xmlSaveClose(save) < 0 ? -1 : rill_rewind(s);
}

static long count_nodes(xmlNodePtr node)
{
    long n = 0;

    for (; node; node = node->next)
        n += (node->type == XML_ELEMENT_NODE) + count_nodes(node->children);
    return n;
}

/* How many elements there are, with no more than one of them in memory. */
static long count_by_reader(rill *s)
{
    xmlTextReaderPtr reader = rill_xml_reader(s, "memory", NULL, 0);
    long n = 0;
    int rc = -1;

    while (reader && (rc = xmlTextReaderRead(reader)) == 1)
        n += xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT;
    xmlFreeTextReader(reader);
    return rc < 0 ? -1 : n;
}

int main(int argc, char **argv)
{
    const char *picture = argc > 1 ? argv[1] : "picture.png";
    int stem = (int)(strrchr(picture, '.') ? strrchr(picture, '.') - picture
                                           : (ptrdiff_t)strlen(picture));
    rill *file, *memory = rill_open_mem(NULL);
    xmlDocPtr doc = NULL;
    char path[5000];
    int ok = 0;

    snprintf(path, sizeof(path), "%.*s.svg", stem, picture);
    file = rill_open(path, "rb");
    if (!file)
        perror(path);
    else
        doc = rill_xml_read(file, path, NULL, XML_PARSE_NOBLANKS);
    if (doc && memory && save_indented(doc, memory) == 0) {
        xmlNodePtr root = xmlDocGetRootElement(doc);

        ok = count_by_reader(memory) == count_nodes(root);
        printf("<%s>: %s\n", (const char *)root->name,
               ok ? "all elements are there again" : "elements are lost");
    }
    xmlFreeDoc(doc);
    ok &= rill_close(file) == 0;
    ok &= rill_close(memory) == 0;
    return !ok;
}
