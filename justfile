# The tasks of `cargo xtask`, for those who have just.

[private]
default:
    @cargo xtask

demo: (xtask "demo")
test: (xtask "test")
setup: (xtask "setup")
offline: (xtask "offline")
lint: (xtask "lint")
fmt: (xtask "fmt")
types: (xtask "types")
desktop: (xtask "desktop")
bench: (xtask "bench")
typing: (xtask "typing")
journey: (xtask "journey")
cuda: (xtask "cuda")
bundle: (xtask "bundle")
try-bundle: (xtask "try-bundle")
pictures: (xtask "pictures")
deny: (xtask "deny")
duplicates: (xtask "duplicates")
fuzz SECONDS="60": (xtask "fuzz" SECONDS)
long-check NAME: (xtask "long-check" NAME)

[private]
xtask task *more:
    cargo xtask {{task}} {{more}}
