fn main() -> ali_sts_bench::Result<()> {
    ali_sts_bench::emulator::main()
}
