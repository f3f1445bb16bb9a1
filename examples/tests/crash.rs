//! The examples with `--crash` come to the same end with kills as without.

use std::process::Command;

/// What the program prints; its own assertions hold.
#[track_caller]
fn says(program: &str, options: &[&str]) -> String {
    let output = Command::new(program).args(options).output();
    let output = output.expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The program prints this without kills, and with three.
#[track_caller]
fn with_kills(program: &str, options: &[&str], line: &str) {
    let without = says(program, options);
    assert!(without.contains(line), "{without}");
    let with = says(
        program,
        &[&["--crash", "3", "--seed", "7"], options].concat(),
    );
    assert!(with.contains(line), "{with}");
}

#[test]
fn approval_decides_or_forgets_each_request_once() {
    with_kills(
        env!("CARGO_BIN_EXE_approval"),
        &["--requests", "60"],
        "20 granted, 20 refused, 20 forgotten after two reminders each\n",
    );
}

#[test]
fn bank_has_all_of_its_money_at_every_audit() {
    let many = ["--tellers", "20", "--transfers", "20", "--audit-every", "5"];
    with_kills(
        env!("CARGO_BIN_EXE_bank"),
        &many,
        " audits, 0 of them wrong; 40000 in 20 accounts\n",
    );
}

#[test]
fn bank_tellers_that_lock_the_same_three_accounts_in_any_order_all_come_to_their_ends() {
    let few = ["--accounts", "3", "--tellers", "40", "--transfers", "10"];
    with_kills(
        env!("CARGO_BIN_EXE_bank"),
        &[&few[..], &["--audit-every", "0"]].concat(),
        " audits, 0 of them wrong; 6000 in 3 accounts\n",
    );
}

#[test]
fn fanout_joins_one_result_of_each_child() {
    with_kills(
        env!("CARGO_BIN_EXE_fanout"),
        &["--children", "400"],
        "400 children",
    );
}

#[test]
fn hello5_greets_five_cities_in_each_orchestration() {
    with_kills(
        env!("CARGO_BIN_EXE_hello5"),
        &["-n", "200"],
        "200 orchestrations",
    );
}

#[test]
fn collision_search_finds_what_is_computed_without_a_search() {
    let range = ["--start", "100007394000000", "--count", "100000"];
    let options = [&range[..], &["--leaf", "2000"]].concat();
    let found = "found all 1 collisions: 100,007,394,059,441\n";
    let program = env!("CARGO_BIN_EXE_collision_search");
    with_kills(program, &options, found);
    with_kills(program, &[&options[..], &["--flat"]].concat(), found);
}

#[test]
fn wordcount_counts_what_a_plain_loop_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let first = file("first", "the cat, the dog and\nthe (cat)".repeat(30));
    let second = file("second", "a dog's life".repeat(20));
    with_kills(
        env!("CARGO_BIN_EXE_wordcount"),
        &[
            &first,
            &second,
            "--mappers",
            "4",
            "--reducers",
            "3",
            "--words",
            "100",
        ],
        "words, ",
    );
}

#[test]
fn monitor_stores_no_more_at_its_end_than_at_its_start() {
    // The program compares the two, and counts the probes and alerts.
    with_kills(
        env!("CARGO_BIN_EXE_monitor"),
        &["--rounds", "200"],
        " rounds, 2 outages, ",
    );
}

#[test]
fn ping_pong_loses_no_ball_and_plays_none_twice() {
    with_kills(
        env!("CARGO_BIN_EXE_ping_pong"),
        &["--pairs", "100"],
        "100 pairs, 500 round trips; ",
    );
}

#[test]
fn broker_moves_money_or_puts_it_back() {
    with_kills(
        env!("CARGO_BIN_EXE_broker"),
        &["--clients", "60"],
        "\n12,000 in 120 accounts, each pair as it must be\nmonitor Balance is satisfied, in Good\n",
    );
}

#[test]
fn pool_manager_leaves_no_vm_over_and_no_pool_short_of_one() {
    with_kills(
        env!("CARGO_BIN_EXE_pool_manager"),
        &["--pools", "4", "--changes", "3"],
        "4 pools of 20 VMs each after 3 changes; ",
    );
}

#[test]
fn simple_timers_counts_each_timeout_once_in_the_state_of_its_timer() {
    with_kills(
        env!("CARGO_BIN_EXE_simple_timers"),
        &["--machines", "20"],
        "20 machines, 9 changes of the state of each, 1,000 timeouts; ",
    );
}

#[test]
fn rsm_wordcount_counts_what_a_plain_loop_counts() {
    with_kills(
        env!("CARGO_BIN_EXE_rsm_wordcount"),
        &["--words", "3000"],
        "3,000 words, each counted once; ",
    );
}

#[test]
fn survey_gives_everybody_the_results_of_one_survey() {
    with_kills(
        env!("CARGO_BIN_EXE_survey"),
        &["--subscribers", "10", "--open", "300"],
        "10 surveys, each with its results; ",
    );
}
