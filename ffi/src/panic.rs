//! The panic handler for firmware that has none. The language wants one; nothing in this library
//! can reach it but what `p256` brings along (see docs: the link proof lists it).

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    // A watchdog can end this; a licensing library must not decide to reset the product.
    loop {
        core::hint::spin_loop();
    }
}
