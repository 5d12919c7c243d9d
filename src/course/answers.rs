//! The list of a chapter's codes.

/// The codes of a chapter, one name each: first those that are always compiled, whose modules the chapter declares
/// itself; then its answers, which are compiled with the feature `answers`. Each answer is a file in `answers/`, and
/// becomes a module here.
///
/// ```ignore
/// course::answers! {
///     const CODES: &[Code] = Code::of::<Checkout>;
///     exercise, broken;
///     solution,
///     wrong_longer_timeout,
/// }
/// ```
///
/// rustfmt does not look for modules inside a macro, so `.ci/run` names the answers.
#[macro_export]
macro_rules! answers {
    (
        const $list:ident: $type:ty = $entry:ident::$of:ident::<$flow:ident>;
        $($code:ident),+;
        $($answer:ident),+ $(,)?
    ) => {
        /// The answers, right and wrong. Each can be copied over `exercise.rs` as it is.
        #[cfg(feature = "answers")]
        #[path = "../answers"]
        pub mod answers {
            $(pub mod $answer;)+
        }

        const $list: $type = &[
            $($entry::$of::<$code::$flow>(stringify!($code)),)+
            $(
                #[cfg(feature = "answers")]
                $entry::$of::<answers::$answer::$flow>(stringify!($answer)),
            )+
        ];
    };
}
