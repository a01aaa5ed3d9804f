/*
 * rill/stream.hpp - Rill for C++17: streams that close themselves, errors that
 * are thrown; std::istream, std::ostream and std::streambuf over any stream.
 *
 *     rillpp::stream s = rillpp::stream::open("in.txt");
 *     for (std::string_view line : s.lines())
 *         use(line);                         ... with its end of line
 *
 *     rillpp::ostream out(rillpp::stream::open("out.txt", "ws"));
 *     out << "answer: " << 42 << '\n';
 *     out.close();                           ... saved, or it throws
 *
 * All of it is in this header; it needs librill and no library of its own. The
 * namespace cannot be `rill`: that is the type of a stream in C, and here.
 *
 *   errors     a negative code is thrown as rillpp::error, a std::system_error:
 *              code() compares with std::errc, what() says what, where and why.
 *              The end of the data is no error. std::istream and std::ostream
 *              catch what their buffer throws and set badbit, or pass it on if
 *              exceptions(std::ios::badbit) asks for that. No exception passes
 *              a frame of C: Rill calls nothing of this header.
 *   ownership  a stream owns its rill and is moved, never copied; an istream,
 *              ostream or iostream owns a stream that is moved in. What is made
 *              of a reference (stream &, rill &) borrows, as a streambuf does.
 *   closing    close() says whether all went well. A destructor cannot, and
 *              does what the end of a RILL_AUTO scope does: what was written is
 *              flushed, a save that was not closed is discarded.
 *   position   a stream has one. What reads and what writes share it, and may
 *              take turns without a seek between.
 *   threads    as rill/stream.h: one stream, one thread at a time.
 */
#ifndef RILL_STREAM_HPP
#define RILL_STREAM_HPP

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <istream>
#include <iterator>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#if __cplusplus >= 202002L
#include <span>
#endif

#include <rill/rill.h>

namespace rillpp
{

/* ---- Errors ----------------------------------------------------------- */

/* The category of enum rill_code. */
class error_category : public std::error_category
{
  public:
    const char *name() const noexcept override
    {
        return "rill";
    }

    std::string message(int code) const override
    {
        return rill_strerror(code);
    }

    /* What std::errc calls it. */
    std::error_condition
    default_error_condition(int code) const noexcept override
    {
        switch (code) {
        case RILL_EINVAL:
            return std::errc::invalid_argument;
        case RILL_ENOTSUP:
            return std::errc::not_supported;
        case RILL_ENOMEM:
            return std::errc::not_enough_memory;
        case RILL_EIO:
            return std::errc::io_error;
        case RILL_ERANGE:
            return std::errc::value_too_large;
        case RILL_ENOSPC:
            return std::errc::no_space_on_device;
        case RILL_EAGAIN:
            return std::errc::resource_unavailable_try_again;
        case RILL_EBUSY:
            return std::errc::device_or_resource_busy;
        case RILL_EDATA:
            return std::errc::illegal_byte_sequence;
        default:
            return std::error_condition(code, *this);
        }
    }
};

inline const std::error_category &category() noexcept
{
    static const error_category one;

    return one;
}

/* A failure. code() is the errno of the system (std::generic_category()) where
 * there was one, else the code of Rill (rillpp::category()). */
class error : public std::system_error
{
  public:
    explicit error(const rill_error &e)
        : std::system_error(
              e.os_error ? std::error_code(e.os_error, std::generic_category())
                         : std::error_code(e.code, category()),
              about(e)),
          code_(e.code), offset_(e.offset)
    {
    }

    /* The code of Rill: RILL_ENOSPC, RILL_EIO... */
    int rill_code() const noexcept
    {
        return code_;
    }

    /* Where in the stream, -1 where that has no meaning. */
    std::int64_t offset() const noexcept
    {
        return offset_;
    }

  private:
    static std::string about(const rill_error &e)
    {
        std::string text = e.path ? std::string(e.path) + ": " : std::string();

        text += e.operation ? e.operation : "failure";
        if (e.offset >= 0)
            text += " at " + std::to_string(e.offset);
        return text;
    }

    int code_;
    std::int64_t offset_;
};

/* Return `result`, a count or an offset, or throw what it says. */
template <typename Result>
Result checked(rill *s, Result result, const char *operation)
{
    if (result < 0) {
        int code = static_cast<int>(result);
        rill_error e = {code, 0, rill_tell(s), operation, rill_name(s)};

        if (rill_failed(s, nullptr) == code)
            rill_failed(s, &e);
        throw error(e);
    }
    return result;
}

/* ---- Lines ------------------------------------------------------------ */

/*
 * The lines of a stream, once, for a loop (rill_lines): each with its
 * delimiter, valid until the next. The stream must not be used otherwise until
 * this is gone; then it is behind the last line that was seen.
 */
class line_range
{
  public:
    class iterator
    {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string_view *;
        using reference = std::string_view;

        iterator() = default;

        explicit iterator(line_range *range) : range_(range)
        {
            ++*this;
        }

        std::string_view operator*() const
        {
            return {range_->line_.data, range_->line_.len};
        }

        iterator &operator++()
        {
            if (!range_->next())
                range_ = nullptr;
            return *this;
        }

        void operator++(int)
        {
            ++*this;
        }

        bool operator==(const iterator &other) const
        {
            return range_ == other.range_;
        }

        bool operator!=(const iterator &other) const
        {
            return range_ != other.range_;
        }

      private:
        line_range *range_ = nullptr;
    };

    explicit line_range(rill *s, int delimiter = '\n')
    {
        rill_lines_begin(&lines_, s, delimiter);
    }

    line_range(const line_range &) = delete;
    line_range &operator=(const line_range &) = delete;

    ~line_range()
    {
        if (!ended_)
            rill_lines_end(&lines_);
    }

    iterator begin()
    {
        return iterator(this);
    }

    iterator end()
    {
        return {};
    }

  private:
    bool next()
    {
        if (ended_)
            return false;
        if (rill_lines_next(&lines_, &line_))
            return true;
        ended_ = true;
        checked(lines_.s, rill_lines_end(&lines_), "read");
        return false;
    }

    rill_lines lines_;
    rill_line line_ = {nullptr, 0};
    bool ended_ = false;
};

/* ---- The stream ------------------------------------------------------- */

/* Bytes in the window, to be filled: see stream::reserve(). */
struct room {
    char *data;
    std::size_t size;
};

/*
 * A rill of its own. The functions are those of rill/stream.h, where their
 * contracts are, less the codes: what is negative there is thrown here. All
 * that has no function here goes by get().
 */
class stream
{
  public:
    stream() noexcept = default;

    /* Take what a rill_open_*() function returned; NULL is thrown as the error
     * that errno says. */
    explicit stream(rill *taken) : s_(taken)
    {
        if (!taken)
            throw error(rill_error{RILL_EIO, errno, -1, "open", nullptr});
    }

    stream(stream &&other) noexcept : s_(other.release()) {}

    stream &operator=(stream &&other) noexcept
    {
        stream old(std::move(*this));

        s_ = other.release();
        return *this;
    }

    stream(const stream &) = delete;
    stream &operator=(const stream &) = delete;

    ~stream()
    {
        rill_auto_close(&s_);
    }

    /* `o` as in C; what it says of errors is not needed here. */
    static stream open(const std::string &path, const char *mode = "rb",
                       const rill_options *o = nullptr)
    {
        rill_options with = RILL_OPTIONS_INIT;
        rill_error e = {RILL_EIO, 0, -1, "open", nullptr};

        if (o)
            with = *o;
        with.error = &e;
        rill *s = rill_open_with(path.c_str(), mode, &with);
        if (!s)
            throw error(e);
        return stream(s);
    }

    static stream open_fd(int fd, const char *mode, int ownership = RILL_BORROW)
    {
        return stream(rill_open_fd(fd, mode, ownership, nullptr));
    }

    static stream open_mem()
    {
        return stream(rill_open_mem(nullptr));
    }

    static stream open_mem_copy(std::string_view data)
    {
        return stream(rill_open_mem_copy(data.data(), data.size(), nullptr));
    }

    /* Borrows the bytes. */
    static stream open_view(std::string_view data)
    {
        return stream(rill_open_view(data.data(), data.size()));
    }

    static stream open_spool(std::size_t threshold)
    {
        return stream(rill_open_spool(threshold, nullptr));
    }

    /* The stream for functions of C; it stays this object's. */
    rill *get() const noexcept
    {
        return s_;
    }

    /* Give it away: rill_close() is now up to the caller. */
    rill *release() noexcept
    {
        return std::exchange(s_, nullptr);
    }

    explicit operator bool() const noexcept
    {
        return s_ != nullptr;
    }

    /* Close it, or throw why that, or something before, failed. It is closed
     * even so, unless a view is held (RILL_EBUSY). */
    void close()
    {
        rill_error e = {0, 0, -1, "close", nullptr};
        rill *s = release();

        if (rill_close_with(s, &e) == RILL_EBUSY)
            s_ = s;
        if (e.code < 0)
            throw error(e);
    }

    void discard() noexcept
    {
        rill_discard(release());
    }

    std::size_t read(void *buf, std::size_t n)
    {
        return counted(rill_read(s_, buf, n), "read");
    }

    std::size_t read_some(void *buf, std::size_t n)
    {
        return counted(rill_read_some(s_, buf, n), "read");
    }

#if __cplusplus >= 202002L
    std::size_t read(std::span<std::byte> buf)
    {
        return read(buf.data(), buf.size());
    }

    std::size_t write(std::span<const std::byte> data)
    {
        return write(data.data(), data.size());
    }
#endif

    void read_exact(void *buf, std::size_t n)
    {
        check(rill_read_exact(s_, buf, n), "read");
    }

    /* All that is left. What was read before a failure is lost; for streams
     * that would block there is rill_read_all(). */
    std::string read_all()
    {
        std::string all;
        const void *data;

        while (std::size_t n = counted(rill_peek(s_, &data, 0), "read")) {
            all.append(static_cast<const char *>(data), n);
            rill_consume(s_, n);
        }
        return all;
    }

    /* Look at what is to come, without a copy; then consume() it. */
    std::string_view peek(std::size_t want = 0)
    {
        const void *data = nullptr;
        std::size_t n = counted(rill_peek(s_, &data, want), "read");

        return {static_cast<const char *>(data), n};
    }

    void consume(std::size_t n)
    {
        check(rill_consume(s_, n), "read");
    }

    line_range lines(int delimiter = '\n')
    {
        return line_range(s_, delimiter);
    }

    std::size_t write(const void *buf, std::size_t n)
    {
        return counted(rill_write(s_, buf, n), "write");
    }

    std::size_t write(std::string_view text)
    {
        return write(text.data(), text.size());
    }

    /* Room to write in place; then commit() what was filled. */
    room reserve(std::size_t want = 0)
    {
        void *data = nullptr;
        std::size_t n = counted(rill_reserve(s_, &data, want), "write");

        return {static_cast<char *>(data), n};
    }

    void commit(std::size_t n)
    {
        check(rill_commit(s_, n), "write");
    }

    void flush()
    {
        check(rill_flush(s_), "flush");
    }

    void sync(int level = RILL_SYNC_DISK)
    {
        check(rill_sync(s_, level), "sync");
    }

    std::int64_t seek(std::int64_t offset, int whence = RILL_SEEK_SET)
    {
        return check(rill_seek(s_, offset, whence), "seek");
    }

    std::int64_t tell()
    {
        return check(rill_tell(s_), "tell");
    }

    std::int64_t size()
    {
        return check(rill_size(s_), "size");
    }

    void truncate(std::int64_t size)
    {
        check(rill_truncate(s_, size), "truncate");
    }

  private:
    template <typename Result> Result check(Result r, const char *operation)
    {
        return checked(s_, r, operation);
    }

    std::size_t counted(std::ptrdiff_t r, const char *operation)
    {
        return static_cast<std::size_t>(check(r, operation));
    }

    rill *s_ = nullptr;
};

/* ---- Under std::istream and std::ostream ------------------------------- */

/*
 * A std::streambuf whose get and put areas are the stream's own window: no byte
 * is copied on its way. Both areas share the stream's position, of which only
 * one is in use at a time. Before the stream itself is used between, pubsync().
 */
class streambuf : public std::streambuf
{
  public:
    explicit streambuf(rill &s) noexcept : s_(&s) {}

    streambuf(const streambuf &) = delete;
    streambuf &operator=(const streambuf &) = delete;

    ~streambuf() override
    {
        (void)give_back();
    }

  protected:
    int_type underflow() override
    {
        const void *data;
        std::ptrdiff_t n;

        settle();
        n = checked(s_, rill_peek(s_, &data, 0), "read");
        if (n == 0)
            return traits_type::eof();
        /* The area's bytes are only read: see pbackfail(). */
        char *begin = const_cast<char *>(static_cast<const char *>(data));
        setg(begin, begin, begin + std::min(n, largest_area));
        return traits_type::to_int_type(*begin);
    }

    std::streamsize xsgetn(char *buf, std::streamsize n) override
    {
        if (n <= egptr() - gptr()) {
            if (n > 0) {
                std::memcpy(buf, gptr(), static_cast<std::size_t>(n));
                gbump(static_cast<int>(n));
            }
            return n;
        }
        settle();
        std::ptrdiff_t r = rill_read(s_, buf, static_cast<std::size_t>(n));
        if (r > 0)
            last_ = traits_type::to_int_type(buf[r - 1]);
        return checked(s_, r, "read");
    }

    int_type pbackfail(int_type c = traits_type::eof()) override
    {
        settle();
        if (c == traits_type::eof()) /* whatever it was */
            c = last_;
        last_ = traits_type::eof();
        if (c != traits_type::eof())
            return rill_ungetc(s_, c) < 0 ? traits_type::eof() : c;
        if (rill_tell(s_) <= 0 || rill_seek(s_, -1, RILL_SEEK_CUR) < 0)
            return traits_type::eof();
        return underflow();
    }

    std::streamsize showmanyc() override
    {
        settle();
        if (s_->rend > s_->rpos)
            return s_->rend - s_->rpos;
        if (!rill_seekable(s_) || !rill_readable(s_))
            return 0; /* nobody knows */
        std::int64_t left = rill_size(s_) - rill_tell(s_);
        return left > 0 ? static_cast<std::streamsize>(left) : -1;
    }

    int_type overflow(int_type c = traits_type::eof()) override
    {
        void *data;
        std::ptrdiff_t n;

        settle();
        last_ = traits_type::eof();
        if (c == traits_type::eof())
            return traits_type::not_eof(c);
        n = checked(s_, rill_reserve(s_, &data, 0), "write");
        n = std::min(n, largest_area);
        setp(static_cast<char *>(data), static_cast<char *>(data) + n);
        return sputc(traits_type::to_char_type(c));
    }

    std::streamsize xsputn(const char *buf, std::streamsize n) override
    {
        if (n <= epptr() - pptr()) {
            if (n > 0) {
                std::memcpy(pptr(), buf, static_cast<std::size_t>(n));
                pbump(static_cast<int>(n));
            }
            return n;
        }
        settle();
        last_ = traits_type::eof();
        return checked(s_, rill_write(s_, buf, static_cast<std::size_t>(n)),
                       "write");
    }

    int sync() override
    {
        settle();
        return checked(s_, rill_flush(s_), "flush");
    }

    pos_type seekoff(off_type offset, std::ios_base::seekdir from,
                     std::ios_base::openmode) override
    {
        int whence = from == std::ios_base::beg   ? RILL_SEEK_SET
                     : from == std::ios_base::cur ? RILL_SEEK_CUR
                                                  : RILL_SEEK_END;
        std::int64_t r;

        settle();
        last_ = traits_type::eof();
        if (offset == 0 && whence == RILL_SEEK_CUR)
            r = rill_tell(s_);
        else
            r = rill_seek(s_, offset, whence);
        if (r == RILL_EINVAL || r == RILL_ENOTSUP || r == RILL_ERANGE)
            return pos_type(off_type(-1));
        return pos_type(static_cast<off_type>(checked(s_, r, "seek")));
    }

    pos_type seekpos(pos_type position, std::ios_base::openmode which) override
    {
        return seekoff(off_type(position), std::ios_base::beg, which);
    }

  private:
    /* gbump() and pbump() take an int. */
    static constexpr std::ptrdiff_t largest_area = std::ptrdiff_t(1) << 30;

    /* Tell the stream what was read or written in the areas, and leave them:
     * 0 or a code. What would block waits in its area. */
    int give_back() noexcept
    {
        int rc = RILL_OK;

        if (gptr() > eback()) {
            last_ = traits_type::to_int_type(gptr()[-1]);
            rill_consume(s_, static_cast<std::size_t>(gptr() - eback()));
        }
        setg(nullptr, nullptr, nullptr);
        if (pbase())
            rc = rill_commit(s_, static_cast<std::size_t>(pptr() - pbase()));
        if (rc != RILL_EAGAIN)
            setp(nullptr, nullptr);
        return rc;
    }

    void settle()
    {
        checked(s_, give_back(), "write");
    }

    rill *s_;
    int_type last_ = traits_type::eof(); /* read before the area, if known */
};

namespace detail
{

/* What a std::istream needs before its own construction. */
struct under {
    explicit under(rill &s) : buf(s) {}

    explicit under(stream &&s) : owned(std::move(s)), buf(*owned.get()) {}

    stream owned;
    streambuf buf;
};

template <typename Base> class over : private under, public Base
{
  public:
    /* Over a stream that stays its owner's, and is used by nobody else while
     * this lives. */
    explicit over(rill &s) : under(s), Base(&this->buf) {}

    explicit over(stream &s) : over(*s.get()) {}

    /* Over a stream of its own. */
    explicit over(stream &&s) : under(std::move(s)), Base(&this->buf) {}

    streambuf *rdbuf()
    {
        return &this->buf;
    }

    /* Flush, and close a stream of its own; throws what failed, also before. */
    void close()
    {
        this->buf.pubsync();
        this->owned.close();
    }
};

} /* namespace detail */

using istream = detail::over<std::istream>;
using ostream = detail::over<std::ostream>;
using iostream = detail::over<std::iostream>;

} /* namespace rillpp */

#endif /* RILL_STREAM_HPP */
