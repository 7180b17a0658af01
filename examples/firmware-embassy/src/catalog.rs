//! What this firmware licenses: for the device, and for who reads its events.

use nodelock::Feature;

nodelock::catalog! {
    pub enum Licensed {
        /// Noise reduction; who tries it accepts an agreement.
        Denoise = Feature::new("denoise").eula("denoise-2026"),
        /// Calls at a time.
        Channels = Feature::new("channels").counted(16),
    }
}
