// bench_rust.rs - Rust's standard library: Vec<u8> and Cursor as memory
// streams, BufReader and BufWriter on files. A static library of functions
// that bench_rust.c puts into its table, so that the clock and the checks are
// those of all peers. Needs nothing newer than Rust 1.63.
#![allow(clippy::missing_safety_doc)]

use std::arch::asm;
use std::ffi::{c_char, c_int, c_void, CStr};
use std::fs::File;
use std::hint::unreachable_unchecked;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek};
use std::io::{SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

const BLOCK: usize = 64 * 1024;
const BUFFER: usize = 128 * 1024;

#[repr(C)]
pub struct Job {
    n: usize,
    size: usize,
    reps: usize,
    warm: usize,
    path: *const c_char,
    path2: *const c_char,
    ns: f64,
    value: f64,
    ok: c_int,
}

type Checker = unsafe extern "C" fn(*mut Job, *const c_void, usize);

extern "C" {
    static bench_records: [[u8; 256]; 16];
    fn bench_start(j: *mut Job);
    fn bench_stop(j: *mut Job);
    fn bench_check(j: *mut Job, good: c_int);
    fn bench_data(size: usize) -> *const u8;
    fn bench_lines(n: usize, len_out: *mut usize) -> *const u8;
    fn bench_expect_records(n: usize, size: usize) -> u64;
    fn bench_expect_bytes(n: usize) -> u64;
    fn bench_expect_lines(n: usize) -> u64;
    fn bench_expect_random(n: usize, size: usize) -> u64;
    fn bench_expect_create(n: usize) -> u64;
    fn bench_check_records(j: *mut Job, data: *const c_void, len: usize);
    fn bench_check_putc(j: *mut Job, data: *const c_void, len: usize);
    fn bench_check_blocks(j: *mut Job, data: *const c_void, len: usize);
    fn bench_check_data(j: *mut Job, data: *const c_void, len: usize);
    fn bench_check_file(j: *mut Job, path: *const c_char, check: Checker);
    fn bench_resident() -> usize;
}

// What bench.h calls BENCH_KEEP.
#[inline(always)]
fn keep<T>(p: &T) {
    unsafe { asm!("/* {0} */", in(reg) p, options(nostack, preserves_flags)) }
}

#[inline(always)]
fn record<const N: usize>(i: usize) -> &'static [u8; N] {
    unsafe {
        match bench_records[i % 16][..N].try_into() {
            Ok(r) => r,
            Err(_) => unreachable_unchecked(),
        }
    }
}

fn first_word(b: &[u8]) -> u64 {
    u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])
}

fn offset(state: &mut u64, size: usize) -> u64 {
    *state = state
        .wrapping_mul(6364136223846793005)
        .wrapping_add(1442695040888963407);
    (*state >> 16) & (size as u64 - 1) & !63
}

impl Job {
    fn start(&mut self) {
        unsafe { bench_start(self) }
    }
    fn stop(&mut self) {
        unsafe { bench_stop(self) }
    }
    fn check(&mut self, good: bool) {
        unsafe { bench_check(self, good as c_int) }
    }
    fn check_bytes(&mut self, check: Checker, data: &[u8]) {
        unsafe { check(self, data.as_ptr() as *const c_void, data.len()) }
    }
    fn path(&self) -> &'static Path {
        path_of(self.path)
    }
    // A value that was made: looked at in the last repetition.
    fn finish(&mut self, rep: usize, check: Checker, data: &[u8]) {
        if rep + 1 == self.reps {
            self.stop();
            self.check_bytes(check, data);
            self.start();
        }
    }
    fn unlink_but_last(&self, rep: usize) {
        if rep + 1 < self.reps {
            let _ = std::fs::remove_file(self.path());
        }
    }
    fn data(&self, len: usize) -> &'static [u8] {
        unsafe { std::slice::from_raw_parts(bench_data(len), len) }
    }
}

fn path_of(p: *const c_char) -> &'static Path {
    Path::new(unsafe { CStr::from_ptr(p) }.to_str().unwrap())
}

// Call a function with the record size a constant, where it is a usual one.
macro_rules! by_size {
    ($j:expr, $f:ident) => {
        match $j.size {
            8 => $f::<8>($j),
            11 => $f::<11>($j),
            64 => $f::<64>($j),
            256 => $f::<256>($j),
            _ => $j.check(false),
        }
    };
}

// ---- Memory ---------------------------------------------------------------

#[inline(always)]
fn put_records<const N: usize>(out: &mut impl Write, n: usize) {
    for i in 0..n {
        out.write_all(record::<N>(i)).unwrap();
    }
}

fn write_vec<const N: usize>(j: &mut Job) {
    j.start();
    for r in 0..j.reps {
        let mut out = Vec::new();
        put_records::<N>(&mut out, j.n);
        j.finish(r, bench_check_records, &out);
    }
    j.stop();
}

#[no_mangle]
pub extern "C" fn rust_write_mem(j: &mut Job) {
    by_size!(j, write_vec)
}

#[no_mangle]
pub extern "C" fn rust_putc_mem(j: &mut Job) {
    j.start();
    for r in 0..j.reps {
        let mut out: Vec<u8> = Vec::new();
        for i in 0..j.n {
            out.push(i as u8);
        }
        j.finish(r, bench_check_putc, &out);
    }
    j.stop();
}

#[no_mangle]
pub extern "C" fn rust_grow_mem(j: &mut Job) {
    let block = j.data(BLOCK);
    j.start();
    {
        let mut out = Vec::new();
        for _ in 0..j.size / BLOCK {
            out.write_all(block).unwrap();
        }
        j.finish(0, bench_check_blocks, &out);
    }
    j.stop();
}

#[inline(always)]
fn get_records<const N: usize>(input: &mut impl Read, n: usize) -> u64 {
    let mut buf = [0u8; N];
    let mut sum = 0u64;
    for _ in 0..n {
        if input.read_exact(&mut buf).is_err() {
            break;
        }
        keep(&buf);
        sum = sum.wrapping_add(first_word(&buf));
    }
    sum
}

fn read_slice<const N: usize>(j: &mut Job) {
    let data = j.data(j.n * N);
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.reps {
        let mut input = Cursor::new(data);
        sum = sum.wrapping_add(get_records::<N>(&mut input, j.n));
    }
    j.stop();
    let expected = unsafe { bench_expect_records(j.n, N) };
    j.check(sum == expected.wrapping_mul(j.reps as u64));
}

#[no_mangle]
pub extern "C" fn rust_read_mem(j: &mut Job) {
    by_size!(j, read_slice)
}

fn get_bytes(input: impl Read) -> u64 {
    let mut sum = 0u64;
    for b in input.bytes() {
        sum += b.unwrap() as u64;
    }
    sum
}

#[no_mangle]
pub extern "C" fn rust_getc_mem(j: &mut Job) {
    let data = j.data(j.n);
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.reps {
        sum += get_bytes(data);
    }
    j.stop();
    let expected = unsafe { bench_expect_bytes(j.n) };
    j.check(sum == expected * j.reps as u64);
}

fn get_lines(mut input: impl BufRead) -> u64 {
    let mut line = Vec::new();
    let mut sum = 0u64;
    while input.read_until(b'\n', &mut line).unwrap() > 0 {
        sum += line.len() as u64 + line[0] as u64;
        line.clear();
    }
    sum
}

#[no_mangle]
pub extern "C" fn rust_lines_mem(j: &mut Job) {
    let mut len = 0;
    let text = unsafe {
        let p = bench_lines(j.n, &mut len);
        std::slice::from_raw_parts(p, len)
    };
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.reps {
        sum += get_lines(text);
    }
    j.stop();
    let expected = unsafe { bench_expect_lines(j.n) };
    j.check(sum == expected * j.reps as u64);
}

#[no_mangle]
pub extern "C" fn rust_rand_mem(j: &mut Job) {
    let mut input = Cursor::new(j.data(j.size));
    let mut buf = [0u8; 64];
    let (mut state, mut sum) = (1u64, 0u64);
    j.start();
    for _ in 0..j.n {
        let at = offset(&mut state, j.size);
        input.seek(SeekFrom::Start(at)).unwrap();
        input.read_exact(&mut buf).unwrap();
        keep(&buf);
        sum = sum.wrapping_add(first_word(&buf));
    }
    j.stop();
    let expected = unsafe { bench_expect_random(j.n, j.size) };
    j.check(sum == expected);
}

#[no_mangle]
pub extern "C" fn rust_create(j: &mut Job) {
    let mut sum = 0u64;
    j.start();
    for i in 0..j.n {
        let mut out = Vec::new();
        out.write_all(record::<11>(i)).unwrap();
        keep(&out);
        sum += out.len() as u64 + out[0] as u64;
    }
    j.stop();
    let expected = unsafe { bench_expect_create(j.n) };
    j.check(sum == expected);
}

#[no_mangle]
pub extern "C" fn rust_create_array(j: &mut Job) {
    let mut sum = 0u64;
    j.start();
    for i in 0..j.n {
        let mut memory = [0u8; 64];
        let mut out = Cursor::new(&mut memory[..]);
        out.write_all(record::<11>(i)).unwrap();
        sum += out.position();
        keep(&memory);
        sum += memory[0] as u64;
    }
    j.stop();
    let expected = unsafe { bench_expect_create(j.n) };
    j.check(sum == expected);
}

#[no_mangle]
pub extern "C" fn rust_many(j: &mut Job) {
    let mut streams: Vec<Vec<u8>> = vec![Vec::new(); j.n];
    let before = unsafe { bench_resident() };
    let data = unsafe { &bench_records[0][..j.size.min(256)] };
    for s in streams.iter_mut() {
        while s.len() < j.size {
            let rest = (j.size - s.len()).min(data.len());
            s.write_all(&data[..rest]).unwrap();
        }
    }
    let used = unsafe { bench_resident() } - before;
    // The Vec itself lies in `streams`, touched before.
    j.value = used as f64 / j.n as f64 - j.size as f64
        + std::mem::size_of::<Vec<u8>>() as f64;
}

// ---- Files ----------------------------------------------------------------

fn writer(j: &Job) -> BufWriter<File> {
    BufWriter::with_capacity(BUFFER, File::create(j.path()).unwrap())
}

fn reader(j: &Job) -> BufReader<File> {
    BufReader::with_capacity(BUFFER, File::open(j.path()).unwrap())
}

fn write_records<const N: usize>(j: &mut Job) {
    for r in 0..j.reps {
        j.start();
        let mut out = writer(j);
        put_records::<N>(&mut out, j.n);
        j.check(out.flush().is_ok());
        drop(out);
        j.stop();
        j.unlink_but_last(r);
    }
    unsafe { bench_check_file(j, j.path, bench_check_records) }
}

#[no_mangle]
pub extern "C" fn rust_write_file(j: &mut Job) {
    by_size!(j, write_records)
}

#[no_mangle]
pub extern "C" fn rust_putc_file(j: &mut Job) {
    for r in 0..j.reps {
        j.start();
        let mut out = writer(j);
        for i in 0..j.n {
            out.write_all(&[i as u8]).unwrap();
        }
        j.check(out.flush().is_ok());
        drop(out);
        j.stop();
        j.unlink_but_last(r);
    }
    unsafe { bench_check_file(j, j.path, bench_check_putc) }
}

fn read_records<const N: usize>(j: &mut Job) {
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.reps {
        sum = sum.wrapping_add(get_records::<N>(&mut reader(j), j.n));
    }
    j.stop();
    let expected = unsafe { bench_expect_records(j.n, N) };
    j.check(sum == expected.wrapping_mul(j.reps as u64));
}

#[no_mangle]
pub extern "C" fn rust_read_file(j: &mut Job) {
    by_size!(j, read_records)
}

#[no_mangle]
pub extern "C" fn rust_getc_file(j: &mut Job) {
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.reps {
        sum += get_bytes(reader(j));
    }
    j.stop();
    let expected = unsafe { bench_expect_bytes(j.n) };
    j.check(sum == expected * j.reps as u64);
}

#[no_mangle]
pub extern "C" fn rust_lines_file(j: &mut Job) {
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.reps {
        sum += get_lines(reader(j));
    }
    j.stop();
    let expected = unsafe { bench_expect_lines(j.n) };
    j.check(sum == expected * j.reps as u64);
}

#[no_mangle]
pub extern "C" fn rust_read_bulk(j: &mut Job) {
    let mut block = vec![0u8; BLOCK];
    let mut sum = 0u64;
    j.start();
    let mut f = File::open(j.path()).unwrap();
    while f.read(&mut block).unwrap() > 0 {
        sum = sum.wrapping_add(first_word(&block));
    }
    drop(f);
    j.stop();
    let expected = unsafe { bench_expect_records(j.n, BLOCK) };
    j.check(sum == expected);
}

#[no_mangle]
pub extern "C" fn rust_write_bulk(j: &mut Job) {
    let block = j.data(BLOCK);
    j.start();
    let mut f = File::create(j.path()).unwrap();
    for _ in 0..j.n {
        f.write_all(block).unwrap();
    }
    drop(f);
    j.stop();
    unsafe { bench_check_file(j, j.path, bench_check_blocks) }
}

#[no_mangle]
pub extern "C" fn rust_load(j: &mut Job) {
    j.start();
    let data = std::fs::read(j.path()).unwrap();
    j.stop();
    j.check_bytes(bench_check_data, &data);
    j.start();
    drop(data);
    j.stop();
}

#[no_mangle]
pub extern "C" fn rust_save(j: &mut Job) {
    let data = j.data(j.size);
    j.start();
    std::fs::write(path_of(j.path2), data).unwrap();
    j.stop();
    unsafe { bench_check_file(j, j.path2, bench_check_data) }
}

#[no_mangle]
pub extern "C" fn rust_copy_file(j: &mut Job) {
    j.start();
    let mut input = File::open(j.path()).unwrap();
    let mut out = File::create(path_of(j.path2)).unwrap();
    io::copy(&mut input, &mut out).unwrap();
    drop(out);
    j.stop();
    unsafe { bench_check_file(j, j.path2, bench_check_data) }
}

#[no_mangle]
pub extern "C" fn rust_rand_file(j: &mut Job) {
    let mut buf = [0u8; 64];
    let (mut state, mut sum) = (1u64, 0u64);
    j.start();
    let f = File::open(j.path()).unwrap();
    for _ in 0..j.n {
        let at = offset(&mut state, j.size);
        f.read_exact_at(&mut buf, at).unwrap();
        sum = sum.wrapping_add(first_word(&buf));
    }
    drop(f);
    j.stop();
    let expected = unsafe { bench_expect_random(j.n, j.size) };
    j.check(sum == expected);
}

#[no_mangle]
pub extern "C" fn rust_open_close(j: &mut Job) {
    let mut text = [0u8; 1024];
    let mut sum = 0u64;
    j.start();
    for _ in 0..j.n {
        let mut f = File::open(j.path()).unwrap();
        if f.read(&mut text).unwrap() == 1024 {
            sum = sum.wrapping_add(first_word(&text));
        }
    }
    j.stop();
    let expected = unsafe { bench_expect_records(1, 8) };
    j.check(sum == expected.wrapping_mul(j.n as u64));
}
