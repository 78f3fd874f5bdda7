//! Ten questions to begin with, which run on the sample as its member Mira.

macro_rules! questions {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../assets/questions/", $name)))),*]
    };
}

/// File name and text of each question, in the order in which they are best read.
pub fn questions() -> [(&'static str, &'static str); 10] {
    questions! {
        "01-who-am-i.graphql"
        "02-find-somebody.graphql"
        "03-path-to-globex.graphql"
        "04-who-knows-umbra-health.graphql"
        "05-paths-of-my-team.graphql"
        "06-why-is-there-no-path.graphql"
        "07-receipt-of-a-tie.graphql"
        "08-whom-do-we-know-among-targets.graphql"
        "09-state-a-tie.graphql"
        "10-record-a-meeting.graphql"
    }
}
