/*
 * test_cxx.cpp - rill/stream.hpp: streams that close themselves, errors that
 * are thrown, and the standard library's streams over every kind of Rill's.
 *
 * A CHECK of cmocka leaves by longjmp(), which no C++ survives; here it throws.
 * The program speaks TAP; an argument is a part of the names of those to run.
 */
#include <rill/stream.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <rill/ops.h>
#include <rill/testing/double.h>

#ifdef HAVE_NLOHMANN_JSON
#include <nlohmann/json.hpp>
#endif

namespace
{

/* ---- Tests and checks --------------------------------------------------- */

struct test {
    std::string name;
    std::function<void()> run;
};

std::vector<test> &tests()
{
    static std::vector<test> all;

    return all;
}

struct registered {
    registered(const std::string &name, std::function<void()> run)
    {
        tests().push_back({name, std::move(run)});
    }
};

#define TEST(name)                      \
    void name();                        \
    registered name##__at(#name, name); \
    void name()

template <typename Value> std::string shown(const Value &v)
{
    std::ostringstream text;

    text << v;
    return text.str();
}

[[noreturn]] void failed(int line, const std::string &what)
{
    throw std::logic_error("line " + std::to_string(line) + ": " + what);
}

template <typename Want, typename Got>
void check_equal(const Want &want, const Got &got, const char *text, int line)
{
    if (!(got == want))
        failed(line, std::string(text) + " is " + shown(got) + ", expected " +
                         shown(want));
}

#define CHECK(condition)                  \
    do {                                  \
        if (!(condition))                 \
            failed(__LINE__, #condition); \
    } while (0)

#define CHECK_EQUAL(want, got) check_equal((want), (got), #got, __LINE__)

/* The expression throws a rillpp::error of this code. */
#define CHECK_THROWS(code, expression)                     \
    do {                                                   \
        int code_ = 0;                                     \
        try {                                              \
            expression;                                    \
        } catch (const rillpp::error &e) {                 \
            code_ = e.rill_code();                         \
        }                                                  \
        check_equal((code), code_, #expression, __LINE__); \
    } while (0)

/* Every kind of stream, empty, to read, write and seek. */
struct kind {
    const char *name;
    std::function<rillpp::stream()> open;
};

rillpp::stream file_with(std::ptrdiff_t buffer_size)
{
    static int count;
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = buffer_size;
    return rillpp::stream::open("stream" + std::to_string(count++), "wb+", &o);
}

rillpp::stream piecewise()
{
    static rill_double d;
    rill_options o = RILL_OPTIONS_INIT;

    d = rill_double();
    d.piece = 1;
    d.interrupts = 1;
    o.buffer_size = RILL_UNBUFFERED;
    return rillpp::stream(
        rill_open_double(rill_open_mem(nullptr), RILL_TAKE, &d, &o));
}

const kind kinds[] = {
    {"mem", rillpp::stream::open_mem},
    {"spool", [] { return rillpp::stream::open_spool(1000); }},
    {"file", [] { return file_with(0); }},
    {"unbuffered", [] { return file_with(RILL_UNBUFFERED); }},
    {"seven", [] { return file_with(7); }},
    {"piecewise", piecewise},
};

struct registered_kinds {
    registered_kinds(const std::string &name, void (*run)(const kind &))
    {
        for (const kind &k : kinds)
            tests().push_back(
                {name + "[" + k.name + "]", [&k, run] { run(k); }});
    }
};

#define EACH_TEST(name)                       \
    void name(const kind &);                  \
    registered_kinds name##__at(#name, name); \
    void name([[maybe_unused]] const kind &k)

/* The bytes that a stream holds. */
std::string content(rillpp::stream &s)
{
    std::int64_t at = s.tell();

    s.seek(0);
    std::string all = s.read_all();
    s.seek(at);
    return all;
}

/* Bytes that depend on their place. */
std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    unsigned x = 1;

    for (char &c : text) {
        x = x * 1664525u + 1013904223u;
        c = static_cast<char>(x >> 24);
    }
    return text;
}

/* A stream that holds bytes, and fails from an offset on. */
rillpp::stream failing(std::string_view data, std::int64_t from, int err)
{
    static rill_double d;

    d = rill_double();
    d.fails = RILL_DOUBLE_READ | RILL_DOUBLE_WRITE;
    d.failure = err;
    d.from = from;
    return rillpp::stream(
        rill_open_double(rill_open_mem_copy(data.data(), data.size(), nullptr),
                         RILL_TAKE, &d, nullptr));
}

/* ---- The stream --------------------------------------------------------- */

EACH_TEST(stream__reads_and_writes)
{
    rillpp::stream s = k.open();
    char buf[10];

    CHECK_EQUAL(8u, s.write("one\ntwo\n"));
    CHECK_EQUAL(8, s.tell());
    CHECK_EQUAL(4, s.seek(-4, RILL_SEEK_CUR));
    s.read_exact(buf, 3);
    CHECK_EQUAL("two", std::string(buf, 3));
    CHECK_EQUAL(1u, s.read(buf, 10));
    CHECK_EQUAL(0u, s.read(buf, 10));
    CHECK_THROWS(RILL_EEOF, s.read_exact(buf, 1));
    s.truncate(5);
    CHECK_EQUAL(5, s.size());
    CHECK_EQUAL("one\nt", content(s));
    s.close();
    CHECK(!s);
}

EACH_TEST(stream__in_place)
{
    rillpp::stream s = k.open();
    rillpp::room room = s.reserve(3);

    CHECK(room.size >= 3);
    std::memcpy(room.data, "abc", 3);
    s.commit(3);
    s.seek(0);
    CHECK_EQUAL("ab", s.peek(2).substr(0, 2));
    s.consume(1);
    CHECK_EQUAL("bc", s.read_all());
    CHECK(s.peek().empty());
}

EACH_TEST(stream__lines)
{
    rillpp::stream s = k.open();
    std::vector<std::string> seen;

    s.write("one\n\nthree\nlast");
    s.seek(0);
    for (std::string_view line : s.lines())
        seen.emplace_back(line);
    CHECK(seen == std::vector<std::string>({"one\n", "\n", "three\n", "last"}));
    s.seek(0);
    for (std::string_view line : s.lines()) {
        CHECK_EQUAL("one\n", line);
        break;
    }
    CHECK_EQUAL(4, s.tell());
    CHECK_EQUAL("\nthree\nlast", s.read_all());
    s.seek(0);
    {
        rillpp::line_range range = s.lines('e');

        CHECK_EQUAL(4, std::distance(range.begin(), range.end()));
        s.seek(1); /* it is at its end, and lets go */
        CHECK(range.begin() == range.end());
    }
    CHECK_EQUAL(1, s.tell());
}

TEST(stream__is_moved)
{
    rillpp::stream a = rillpp::stream::open_mem_copy("abc");
    rillpp::stream b(std::move(a)), c;
    rill *raw = b.get();

    CHECK(!a && b && !c);
    c = std::move(b);
    CHECK(!b && c.get() == raw);
    c = rillpp::stream::open_view("new"); /* the old is closed */
    CHECK_EQUAL("new", c.read_all());
    std::swap(a, c);
    CHECK(a && !c);
    raw = a.release();
    CHECK(!a && rill_close(raw) == RILL_OK);
    c = rillpp::stream::open("file", "wb");
    c.write("written");
    c = rillpp::stream();
    CHECK_EQUAL("written", rillpp::stream::open("file").read_all());
}

TEST(stream__scope_ends)
{
    {
        rillpp::stream plain = rillpp::stream::open("plain", "wb");
        rillpp::stream saved = rillpp::stream::open("saved", "ws");

        plain.write("all");
        saved.write("none");
    }
    CHECK_EQUAL("all", rillpp::stream::open("plain").read_all());
    CHECK(!std::filesystem::exists("saved"));
}

TEST(stream__errors)
{
    try {
        rillpp::stream::open("no such file");
        failed(__LINE__, "opened");
    } catch (const rillpp::error &e) {
        CHECK(e.code() == std::errc::no_such_file_or_directory);
        CHECK_EQUAL(RILL_EIO, e.rill_code());
        CHECK_EQUAL(std::string("no such file: open: ") + std::strerror(ENOENT),
                    e.what());
    }
    rillpp::stream s = failing("abcdef", 3, EACCES);
    char buf[10];

    CHECK_EQUAL(3u, s.read(buf, 6));
    try {
        s.read(buf, 1);
        failed(__LINE__, "read");
    } catch (const std::system_error &e) {
        CHECK(e.code() == std::errc::permission_denied);
        CHECK_EQUAL(std::string("read at 3: ") + std::strerror(EACCES),
                    e.what());
    }
    CHECK_THROWS(RILL_EIO, s.close());
    CHECK(!s);
    CHECK_THROWS(RILL_EIO, rillpp::stream(nullptr));

    rillpp::stream view = rillpp::stream::open_view("abc");
    try {
        view.write("x");
        failed(__LINE__, "wrote");
    } catch (const std::system_error &e) {
        CHECK(e.code() == std::errc::not_supported);
        CHECK(e.code().category() == rillpp::category());
    }
    s = failing("one\ntwo\n", 5, EIO);
    CHECK_THROWS(RILL_EIO, for (std::string_view line
                                : s.lines()) CHECK(!line.empty()));
}

TEST(stream__close_refused)
{
    rillpp::stream s = rillpp::stream::open_mem_copy("abc");
    void *view;

    CHECK_EQUAL(3, rill_getbuffer(s.get(), &view));
    CHECK_THROWS(RILL_EBUSY, s.close());
    CHECK(s);
    CHECK_EQUAL(RILL_OK, rill_releasebuffer(s.get()));
    s.close();
}

/* ---- The standard library's streams ------------------------------------- */

EACH_TEST(iostream__formats)
{
    rillpp::iostream io(k.open());
    std::string word;
    double pi;
    int n;

    io << "answer " << 42 << ' ' << std::setprecision(3) << 3.14159 << '\n';
    CHECK(io.good());
    io.seekg(0);
    io >> word >> n >> pi;
    CHECK_EQUAL("answer", word);
    CHECK_EQUAL(42, n);
    CHECK_EQUAL(3.14, pi);
    CHECK_EQUAL('\n', io.get());
    CHECK_EQUAL(std::char_traits<char>::eof(), io.get());
    CHECK(io.eof());
    io.clear();
    io.close();
}

EACH_TEST(iostream__one_position)
{
    rillpp::stream s = k.open();
    rillpp::iostream io(s);
    char c;

    io << "abcdef";
    io.seekg(2);
    CHECK_EQUAL('c', io.get());
    io.put('D'); /* no seek between */
    CHECK_EQUAL('e', io.get());
    io << "FG";
    CHECK_EQUAL(7, static_cast<std::int64_t>(io.tellg()));
    CHECK_EQUAL(7, static_cast<std::int64_t>(io.tellp()));
    io.seekp(-1, std::ios::end);
    CHECK(io.get(c) && c == 'G');
    io.flush();
    CHECK_EQUAL("abcDeFG", content(s));
    io.seekg(-1, std::ios::beg);
    CHECK(io.fail() && !io.bad());
}

EACH_TEST(iostream__getline)
{
    rillpp::iostream io(k.open());
    std::string line, all;
    int count = 0;

    for (int i = 0; i < 3000; i++)
        io << "line " << i << '\n';
    io << "last";
    io.seekg(0);
    while (std::getline(io, line)) {
        if (count < 3000)
            CHECK_EQUAL("line " + std::to_string(count), line);
        count++;
    }
    CHECK_EQUAL("last", line);
    CHECK_EQUAL(3001, count);
    CHECK(io.eof() && !io.bad());
}

EACH_TEST(iostream__copies)
{
    const std::string want = pattern(300001);
    rillpp::stream s = k.open(), t = rillpp::stream::open_mem();
    rillpp::iostream io(s);
    rillpp::ostream out(t);

    std::copy(want.begin(), want.end(), std::ostreambuf_iterator<char>(io));
    io.seekg(0);
    std::copy(std::istreambuf_iterator<char>(io),
              std::istreambuf_iterator<char>(),
              std::ostreambuf_iterator<char>(out));
    out.flush();
    CHECK(content(t) == want);
    io.seekg(0);
    t.truncate(0);
    out.seekp(0);
    out << io.rdbuf();
    out.flush();
    CHECK(content(t) == want);
}

EACH_TEST(iostream__blocks)
{
    const std::string want = pattern(200000);
    rillpp::stream s = k.open();
    rillpp::iostream io(s);
    std::string got(want.size() + 10, '\0');
    std::size_t at = 0, n;

    for (n = 1; at < want.size(); at += n, n = n * 3 + 1) {
        n = std::min(n, want.size() - at);
        io.write(want.data() + at, static_cast<std::streamsize>(n));
    }
    io.seekg(0);
    for (at = 0, n = 1; at < want.size(); at += n, n = n * 2 + 1) {
        n = std::min(n, want.size() - at);
        io.read(&got[at], static_cast<std::streamsize>(n));
        CHECK(io.good());
    }
    got.resize(want.size());
    CHECK(got == want);
    io.read(&got[0], 1);
    CHECK(io.eof() && io.gcount() == 0);
    io.clear();
    io.seekg(0);
    CHECK_EQUAL(want[0], static_cast<char>(io.get()));
    io.read(&got[0], 3); /* out of the area */
    io.read(&got[3], 100000);
    CHECK_EQUAL(want.substr(1, 100003), got.substr(0, 100003));
}

EACH_TEST(iostream__puts_back)
{
    rillpp::stream s = k.open();
    rillpp::iostream io(s);
    char buf[3];

    io << "abc";
    io.seekg(0);
    CHECK_EQUAL('a', io.get());
    io.unget();
    CHECK_EQUAL('a', io.get());
    CHECK_EQUAL('b', io.peek());
    io.putback('a');
    CHECK_EQUAL('a', io.get());
    io.putback('X'); /* what was not there */
    CHECK_EQUAL('X', io.get());
    CHECK_EQUAL('b', io.get());
    CHECK_EQUAL('c', io.get());
    CHECK_EQUAL(std::char_traits<char>::eof(), io.peek());
    io.clear();
    io.unget(); /* after the end */
    CHECK_EQUAL('c', io.get());
    CHECK_EQUAL("abc", content(s));
    io.seekg(0);
    io.read(buf, 3);
    io.unget();
    io.unget();
    CHECK_EQUAL('b', io.get());
    io.seekg(0);
    io.unget();
    CHECK(io.bad());
}

EACH_TEST(iostream__available)
{
    rillpp::iostream io(k.open());

    io << "abcdef";
    io.seekg(2);
    CHECK_EQUAL(4, io.rdbuf()->in_avail());
    io.seekg(6);
    CHECK_EQUAL(-1, io.rdbuf()->in_avail());
    io.seekg(0);
    CHECK_EQUAL('a', io.get());
    CHECK(io.rdbuf()->in_avail() <= 5 && io.rdbuf()->in_avail() > 0);
}

/* A pipe: no position, but one can step back. */
TEST(iostream__without_a_position)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("ab"), RILL_STEP_GIVES("cd"), RILL_STEP_GIVES("ef")};
    rill_script script = {steps, 3, 0, 0, 0, {0}};
    char buf[2];
    rillpp::istream in(rillpp::stream(rill_open_script(&script, nullptr)));

    CHECK_EQUAL(-1, static_cast<std::int64_t>(in.tellg()));
    in.clear();
    in.seekg(1);
    CHECK(in.fail());
    in.clear();
    CHECK_EQUAL('a', in.get());
    CHECK_EQUAL('b', in.get());
    CHECK_EQUAL('c', in.peek()); /* the area is another now */
    in.unget();
    CHECK_EQUAL('b', in.get());
    CHECK_EQUAL('c', in.get());
    in.read(buf, 2); /* not by the area */
    CHECK_EQUAL("de", std::string(buf, 2));
    in.unget();
    CHECK_EQUAL("ef", std::string(std::istreambuf_iterator<char>(in), {}));
}

TEST(iostream__reads_fail)
{
    rillpp::istream in(failing("one two three", 6, EIO));
    std::string word;

    in >> word;
    CHECK_EQUAL("one", word);
    in >> word;
    CHECK(in.bad()); /* caught */
    in.clear();
    in.exceptions(std::ios::badbit);
    try {
        in >> word;
        failed(__LINE__, "read");
    } catch (const rillpp::error &e) {
        CHECK(e.code() == std::errc::io_error);
        CHECK_EQUAL(6, e.offset());
    }
    CHECK_THROWS(RILL_EIO, in.close());
}

TEST(iostream__writes_fail)
{
    char room[5];
    rillpp::stream s(rill_open_fixed(room, sizeof(room), nullptr));
    rillpp::ostream out(s);

    out << "123"
        << "4567";
    CHECK(out.bad());
    CHECK_EQUAL("12345", std::string(room, 5));
    out.clear();
    out.put('8');
    CHECK(out.bad());

    rillpp::ostream full(failing("", 0, ENOSPC));
    full << "123";
    CHECK(full.good()); /* in the window */
    full.flush();
    CHECK(full.bad());
    CHECK_THROWS(RILL_ENOSPC, full.close());
}

TEST(iostream__not_open_for_it)
{
    rillpp::iostream io(rillpp::stream::open_view("abc"));

    io << 'x';
    CHECK(io.bad());
    io.clear();
    CHECK_EQUAL('a', io.get());
}

TEST(iostream__close_saves)
{
    rillpp::ostream out(rillpp::stream::open("saved", "ws"));

    out.put('t') << "ex";
    out.put('t');
    CHECK(!std::filesystem::exists("saved"));
    out.close();
    CHECK_EQUAL("text", rillpp::stream::open("saved").read_all());
    {
        rillpp::ostream lost(rillpp::stream::open("saved", "ws"));
        lost << "other";
    }
    CHECK_EQUAL("text", rillpp::stream::open("saved").read_all());
}

TEST(iostream__close_leaves_what_is_borrowed)
{
    rillpp::stream s = rillpp::stream::open_mem();
    rillpp::ostream out(s);

    out.put('a');
    out.close();
    CHECK_EQUAL("a", content(s));
}

TEST(iostream__beyond_32_bits)
{
    const std::int64_t far = std::int64_t(5) << 30;
    rillpp::iostream io(rillpp::stream::open("sparse", "wb+"));

    io.seekp(far);
    io << "here";
    CHECK_EQUAL(far + 4, static_cast<std::int64_t>(io.tellp()));
    io.seekg(-4, std::ios::end);
    CHECK_EQUAL("here", std::string(std::istreambuf_iterator<char>(io), {}));
    CHECK_EQUAL(far + 4, static_cast<std::int64_t>(io.tellg()));
}

TEST(streambuf__between_calls_of_c)
{
    rillpp::stream s = rillpp::stream::open_mem();
    rillpp::streambuf buf(*s.get());
    std::iostream io(&buf);

    io << "one";
    io.flush(); /* then the stream is free */
    CHECK_EQUAL(2, rill_puts(s.get(), ", "));
    io << "two";
    buf.pubsync();
    CHECK_EQUAL("one, two", content(s));
    s.seek(0);
    CHECK_EQUAL('o', io.get());
    buf.pubsync();
    CHECK_EQUAL(1, s.tell());
    CHECK_EQUAL('n', rill_getc(s.get()));
    CHECK_EQUAL('e', io.get());
}

TEST(streambuf__its_end)
{
    rillpp::stream s = rillpp::stream::open_mem();

    rillpp::streambuf(*s.get()).sputc('a');
    CHECK_EQUAL("a", content(s));
    s.seek(0);
    s.write("bcd");
    s.seek(0);
    CHECK_EQUAL('b', rillpp::streambuf(*s.get()).sbumpc());
    CHECK_EQUAL(1, s.tell());
}

/* What would block is kept, and tried again. */
TEST(streambuf__would_block)
{
    static const rill_step steps[] = {RILL_STEP_BLOCKS, RILL_STEP_TAKES("x")};
    rill_script script = {steps, 2, 0, 0, 0, {0}};
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = RILL_UNBUFFERED;
    rillpp::stream s(rill_open_script(&script, &o));
    rillpp::streambuf buf(*s.get());
    CHECK_EQUAL('x', buf.sputc('x'));
    CHECK_THROWS(RILL_EAGAIN, buf.pubsync());
    CHECK_EQUAL(0, buf.pubsync());
    CHECK(!rill_script_problem(&script));
}

#ifdef HAVE_NLOHMANN_JSON
EACH_TEST(iostream__clients_json)
{
    rillpp::iostream io(k.open());
    nlohmann::json made = {{"name", "rill"}, {"numbers", {1, 2.5, -3}}}, read;

    for (int i = 0; i < 5000; i++)
        made["list"].push_back("entry " + std::to_string(i));
    io << std::setw(2) << made << '\n' << made;
    io.seekg(0);
    io >> read; /* stops behind the value */
    CHECK(read == made);
    io >> read;
    CHECK(read == made);
    io.seekg(5);
    io.exceptions(std::ios::badbit);
    try {
        io >> read;
        failed(__LINE__, "parsed");
    } catch (const nlohmann::json::parse_error &) {
    }
}
#endif

/* ---- The run ------------------------------------------------------------ */

/* Run one in an empty directory. Returns why it failed, or nothing. */
std::string run(const test &t, const std::filesystem::path &directory)
{
    std::string why;

    std::filesystem::create_directory(directory);
    std::filesystem::current_path(directory);
    try {
        t.run();
    } catch (const std::exception &e) {
        why = e.what();
        why += why.empty() ? "failed" : "";
    }
    std::filesystem::current_path(directory.parent_path());
    std::filesystem::remove_all(directory);
    return why;
}

} // namespace

int main(int argc, char **argv)
{
    const std::string wanted = argc > 1 ? argv[1] : "";
    const auto directory =
        std::filesystem::temp_directory_path() /
        ("rill-test-cxx-" + std::to_string(std::random_device{}()));
    std::size_t number = 0;
    int failures = 0;

    for (const test &t : tests()) {
        if (t.name.find(wanted) == std::string::npos)
            continue;
        const std::string why = run(t, directory);
        if (!why.empty())
            std::cout << why << '\n';
        std::cout << (why.empty() ? "ok " : "not ok ") << ++number << " - "
                  << t.name << std::endl;
        failures += !why.empty();
    }
    std::cout << "1.." << number << std::endl;
    return failures != 0;
}
