//! Command lines in Japanese: help, and what is wrong with a command line. clap itself speaks English only.
//!
//! This file stands alone: the guide, which does not link this crate, is compiled with it as well.

use crate::wrap::wrap;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command, Error};

/// Where help is read.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// How many cells a line has.
    pub(crate) columns: usize,
    /// How many a text takes.
    pub(crate) width: fn(&str) -> usize,
}

/// Reads the command line of this process as `Command::get_matches` does, and says in Japanese what is wrong with it. The
/// texts of the command itself are Japanese already.
pub(crate) fn matches(command: Command, room: Room) -> ArgMatches {
    let read = in_japanese(command, room).try_get_matches();
    read.unwrap_or_else(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        let told = format!("エラー：{}\n\n使い方は`--help`で見られます。", slip(&error));
        eprint!("{}", lines(&told, 0, room));
        std::process::exit(error.exit_code())
    })
}

/// The command with help in Japanese, and so its subcommands.
fn in_japanese(mut command: Command, room: Room) -> Command {
    command.build();
    with_help(command, room)
}

fn with_help(mut command: Command, room: Room) -> Command {
    for part in command.get_subcommands_mut() {
        *part = with_help(std::mem::take(part), room);
    }
    let help = help(&command, room);
    command.override_help(help)
}

fn help(command: &Command, room: Room) -> String {
    let mut text = String::new();
    if let Some(about) = command.get_about() {
        text += &lines(&about.to_string(), 0, room);
        text.push('\n');
    }
    text += &lines(&format!("使い方： {}", usage(command)), 0, room);
    let parts = command.get_subcommands().filter(|part| !part.is_hide_set());
    let parts = parts.map(|part| (part.get_name().to_owned(), about(part)));
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let (positional, flags): (Vec<&Arg>, Vec<&Arg>) = shown().partition(|arg| arg.is_positional());
    let described = |args: Vec<&Arg>| args.into_iter().map(|arg| (name(arg), told(arg))).collect();
    for (heading, entries) in [
        ("コマンド", parts.collect()),
        ("引数", described(positional)),
        ("オプション", described(flags)),
    ] {
        text += &section(heading, entries, room);
    }
    if let Some(end) = command.get_after_help() {
        text.push('\n');
        text += &lines(&end.to_string(), 0, room);
    }
    text
}

/// A heading, and below it what there is, each with its description.
fn section(heading: &str, entries: Vec<(String, String)>, room: Room) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{heading}：\n");
    let widths = entries.iter().map(|(name, _)| (room.width)(name));
    let beside = widths.max().unwrap_or(0) + 4;
    // Where half of the line is not left for descriptions, they stand below.
    let is_narrow = beside * 2 > room.columns;
    let indent = if is_narrow { 6 } else { beside };
    for (name, description) in entries {
        let described = lines(&description, indent, room);
        if is_narrow {
            text += &format!("  {name}\n{described}");
        } else {
            let gap = " ".repeat(indent - 2 - (room.width)(&name));
            text += &format!("  {name}{gap}{}", described.trim_start());
        }
    }
    text
}

/// The text in lines that fit, all as far to the right.
fn lines(text: &str, indent: usize, room: Room) -> String {
    let fits = |line: &str| indent + (room.width)(line) <= room.columns;
    let lines = text.lines().flat_map(|line| wrap(line, fits));
    let gap = " ".repeat(indent);
    lines.map(|line| format!("{gap}{line}\n")).collect()
}

fn usage(command: &Command) -> String {
    let called = command.get_bin_name().unwrap_or(command.get_name());
    let mut words = vec![called.to_owned()];
    if command.get_opts().next().is_some() || command.get_arguments().any(is_a_choice) {
        words.push("[オプション]".to_owned());
    }
    words.extend(command.get_positionals().map(name));
    if command.has_subcommands() {
        words.push("[コマンド]".to_owned());
    }
    words.join(" ")
}

/// Whether this is a flag that the command has of its own.
fn is_a_choice(arg: &Arg) -> bool {
    !arg.is_positional() && !arg.is_hide_set() && arg.get_id() != "help"
}

/// What is written on the command line.
fn name(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let takes_one = arg.get_action().takes_values();
    let needed = arg.get_num_args().map_or(1, |number| number.min_values());
    let is_needed =
        |place: usize| place < needed && (!arg.is_positional() || arg.is_required_set());
    let values = values.iter().enumerate().filter(|_| takes_one);
    let values = values.map(|(place, value)| {
        if is_needed(place) {
            format!("<{value}>")
        } else {
            format!("[{value}]")
        }
    });
    let flags = [
        arg.get_short().map(|short| format!("-{short}")),
        arg.get_long().map(|long| format!("--{long}")),
    ];
    let flags: Vec<String> = flags.into_iter().flatten().collect();
    let flags = Some(flags.join(", ")).filter(|flags| !flags.is_empty());
    flags
        .into_iter()
        .chain(values)
        .collect::<Vec<_>>()
        .join(" ")
}

fn told(arg: &Arg) -> String {
    match arg.get_help() {
        // clap's own flag.
        _ if arg.get_id() == "help" => "この説明を表示する".to_owned(),
        Some(help) => help.to_string(),
        None => String::new(),
    }
}

fn about(command: &Command) -> String {
    match command.get_about() {
        // clap's own command.
        _ if command.get_name() == "help" => "この説明か、コマンドごとの説明を表示する".to_owned(),
        Some(about) => about.to_string(),
        None => String::new(),
    }
}

/// What is wrong with a command line.
fn slip(error: &Error) -> String {
    let [arg, value, command, prior] = [
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
        ContextKind::PriorArg,
    ]
    .map(|kind| named(error.get(kind)));
    let like = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let like = like.map(|kind| named(error.get(kind))).concat();
    let like = if like.is_empty() {
        String::new()
    } else {
        format!("もしかして{like}？")
    };
    // clap may have more kinds one day.
    match error.kind() {
        ErrorKind::InvalidSubcommand => format!("{command}というコマンドはありません。{like}"),
        ErrorKind::UnknownArgument => format!("{arg}という引数はありません。{like}"),
        ErrorKind::MissingRequiredArgument => format!("{arg}が足りません。"),
        ErrorKind::ArgumentConflict => format!("{arg}と{prior}は、一緒には使えません。"),
        ErrorKind::InvalidValue if value.is_empty() || value == "``" => {
            format!("{arg}に値がありません。")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let valid = named(error.get(ContextKind::ValidValue));
            let can_be = match valid.as_str() {
                "" => String::new(),
                valid => format!("使えるのは{valid}です。"),
            };
            format!("{arg}に{value}は使えません。{can_be}{like}")
        }
        ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues | ErrorKind::TooManyValues => {
            format!("{arg}の値の数が合いません。")
        }
        _ => format!("コマンドの書き方が正しくありません（{}）。", error.kind()),
    }
}

/// What an error names.
fn named(value: Option<&ContextValue>) -> String {
    let names = match value {
        Some(ContextValue::String(name)) => std::slice::from_ref(name),
        Some(ContextValue::Strings(names)) => names.as_slice(),
        _ => &[],
    };
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    names.join("、")
}

/// A name in quotes. clap writes flags of which one is needed as `<--schedule <FAULTS>|--grid <FAULTS>>`.
fn quoted(name: &str) -> String {
    let flags = name.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    let flags = flags.filter(|flags| flags.starts_with("--"));
    let one_of = flags.unwrap_or(name).split('|').filter(|_| flags.is_some());
    let one_of: Vec<String> = one_of.map(|flag| format!("`{flag}`")).collect();
    if one_of.is_empty() {
        format!("`{name}`")
    } else {
        one_of.join("か")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(columns: usize) -> Room {
        Room {
            columns,
            width: |text| {
                text.chars()
                    .map(|it| if it.is_ascii() { 1 } else { 2 })
                    .sum()
            },
        }
    }

    fn command() -> Command {
        let number = Arg::new("number").required(true).value_name("番号");
        let number = number.value_parser(["1", "2"]).help("どれか");
        let all = Arg::new("all").long("all").action(clap::ArgAction::SetTrue);
        let all = all.help("全部まとめて、いっぺんに見る");
        let part = Command::new("show").about("見せる").args([number, all]);
        Command::new("it").bin_name("it --").subcommand(part)
    }

    fn told(words: &[&str]) -> String {
        let read = in_japanese(command(), room(40)).try_get_matches_from(words);
        let error = read.expect_err("it is refused");
        if error.use_stderr() {
            slip(&error)
        } else {
            error.to_string()
        }
    }

    #[test]
    fn help_is_japanese_and_fits() {
        assert_eq!(
            told(&["it", "--help"]),
            "使い方： it -- [コマンド]\n\nコマンド：\n  show  見せる\n  help  この説明か、コマンドごとの説明を\n        表示する\n\n\
             オプション：\n  -h, --help  この説明を表示する\n"
        );
        let part = told(&["it", "help", "show"]);
        assert_eq!(part, told(&["it", "show", "--help"]));
        assert!(
            part.contains("使い方： it -- show [オプション] <番号>\n"),
            "{part}"
        );
    }

    #[test]
    fn flags_of_which_one_is_needed_are_named() {
        let flag = |name| Arg::new(name).long(name).value_name("番号");
        let command = Command::new("it").args([flag("one"), flag("two")]);
        let command = command.arg(Arg::new("all").long("all").num_args(0).requires("any"));
        let command = command.group(clap::ArgGroup::new("any").args(["one", "two"]));
        let read = in_japanese(command, room(40)).try_get_matches_from(["it", "--all"]);
        assert_eq!(
            slip(&read.expect_err("it is refused")),
            "`--one <番号>`か`--two <番号>`が足りません。"
        );
    }

    #[test]
    fn what_is_wrong_is_said_in_japanese() {
        for (words, slip) in [
            (
                &["it", "shwo"][..],
                "`shwo`というコマンドはありません。もしかして`show`？",
            ),
            (
                &["it", "show", "--al"],
                "`--al`という引数はありません。もしかして`--all`？",
            ),
            (&["it", "show"], "`<番号>`が足りません。"),
            (
                &["it", "show", "3"],
                "`<番号>`に`3`は使えません。使えるのは`1`、`2`です。",
            ),
        ] {
            assert_eq!(told(words), slip);
        }
    }
}
