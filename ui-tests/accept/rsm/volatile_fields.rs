//! Accepted: fields that are not stored, and are made anew by `#[activate]`.
//! Why: it runs at creation and after every recovery and rollback, before any handler.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Word(String);
#[derive(Serialize, Deserialize)]
pub struct Longest;
impl Question for Longest {
    type Answer = Option<String>;
}

#[rsm]
pub struct Words {
    words: Vec<String>,
    #[volatile]
    longest: Option<String>,
}

#[rsm]
impl Words {
    chart! {
        pub enum WordsState;
        start Reading { Word => word, Longest => longest }
    }
    fn new(words: Vec<String>) -> Self { Words { words, longest: None } }
    #[activate]
    fn warm(&mut self) { self.longest = self.words.iter().max_by_key(|word| word.len()).cloned(); }
    fn word(&mut self, Word(word): Word) { self.words.push(word); self.warm(); }
    fn longest(&mut self, asked: Asked<Longest>, cx: &mut Cx<Self>) { cx.reply(asked.reply_to, self.longest.clone()); }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let words = Words::at("a");
    engine.create(&words, vec!["tea".to_owned(), "cup".to_owned()]).await?;
    engine.send(&words, &Word("unicorn".to_owned())).await?;
    assert_eq!(engine.ask(&words, &Longest).await?.as_deref(), Some("unicorn"));
    engine.shutdown().await
}
