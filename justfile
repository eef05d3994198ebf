# The words of `cargo xtask`, for those who have just.

[private]
default:
    @cargo xtask

demo: (xtask "demo")
test: (xtask "test")
setup: (xtask "setup")
offline: (xtask "offline")
lint: (xtask "lint")
fmt: (xtask "fmt")
desktop: (xtask "desktop")
bench: (xtask "bench")
typing: (xtask "typing")
journey: (xtask "journey")
cuda: (xtask "cuda")
bundle: (xtask "bundle")
try-bundle: (xtask "try-bundle")
pictures: (xtask "pictures")

[private]
xtask word:
    cargo xtask {{word}}
