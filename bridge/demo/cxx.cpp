/*
 * cxx.cpp (demo) - C++: through a std::ostream and a std::istream.
 */
#include <rill/stream.hpp>

#include "carry.h"

extern "C" const char carrier[] = "C++, through iostreams";

extern "C" int carry(rill *from, rill *to)
{
    rillpp::stream memory = rillpp::stream::open_mem();

    rillpp::ostream(memory) << rillpp::istream(*from).rdbuf();
    memory.seek(0);
    rillpp::ostream(*to) << rillpp::istream(memory).rdbuf();
    return 0;
}
