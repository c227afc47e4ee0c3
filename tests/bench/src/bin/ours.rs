fn main() -> ali_sts_bench::Result<()> {
    ali_sts_bench::closed_loop::main::<ali_sts_bench::contender::ours::Ours>()
}
