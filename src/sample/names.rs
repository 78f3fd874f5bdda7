//! Names of many cultures, no two alike for the first few thousand people.

use crate::model::fold;

/// First and last names that go together.
struct Culture {
    first: [&'static str; 14],
    last: [&'static str; 14],
}

/// None of the first names is one of the story's, so that a search for those finds one person.
const CULTURES: [Culture; 12] = [
    Culture {
        first: [
            "José", "Lucía", "Íñigo", "Begoña", "Andrés", "Leocadia", "Raúl", "Noelia", "Óscar",
            "Marisol", "Joaquín", "Rocío", "Álvaro", "Ximena",
        ],
        last: [
            "Ibáñez",
            "Peñalver",
            "Muñoa",
            "Quiroga",
            "Zárate",
            "Cebrián",
            "Ordóñez",
            "Villalba",
            "Arístegui",
            "Montañés",
            "Salcedo",
            "Urrutia",
            "Echeverría",
            "Lorca",
        ],
    },
    Culture {
        first: [
            "Søren",
            "Åse",
            "Bjørn",
            "Maja",
            "Jørgen",
            "Freja",
            "Håkon",
            "Liv",
            "Øystein",
            "Signe",
            "Mårten",
            "Ebba",
            "Torbjörn",
            "Solveig",
        ],
        last: [
            "Kjærsund",
            "Ødegård",
            "Bråten",
            "Lykkegaard",
            "Sjöholm",
            "Åkesdal",
            "Nygårdsen",
            "Strömvik",
            "Hjortlund",
            "Brekkås",
            "Vestergren",
            "Fjellheim",
            "Grønbæk",
            "Ekelöv",
        ],
    },
    Culture {
        first: [
            "Łukasz",
            "Zofia",
            "Wojciech",
            "Małgorzata",
            "Stanisław",
            "Agnieszka",
            "Grzegorz",
            "Bożena",
            "Paweł",
            "Kinga",
            "Michał",
            "Żaneta",
            "Błażej",
            "Danuta",
        ],
        last: [
            "Wróblewicz",
            "Dąbrowiecki",
            "Śliwiński",
            "Żurawiec",
            "Kołodziejek",
            "Gęsicki",
            "Piątkowiak",
            "Źródlak",
            "Chmielarz",
            "Sosnowiecki",
            "Łęcki",
            "Bąkiewicz",
            "Ostrowicz",
            "Jeżyna",
        ],
    },
    Culture {
        first: [
            "Zoë",
            "Anaïs",
            "François",
            "Éloïse",
            "Benoît",
            "Maëlle",
            "Gaël",
            "Océane",
            "Rémi",
            "Noémie",
            "Théo",
            "Hélène",
            "Loïc",
            "Aurélie",
        ],
        last: [
            "Delacourt",
            "Béranger",
            "Lefèbvre-Roy",
            "Châtelain",
            "Garçonnet",
            "Mûrier",
            "Fontanelle",
            "Prévotat",
            "D’Aubrac",
            "Rousselin",
            "Vauclair",
            "Thévenard",
            "Bellefeuille",
            "Hautclair",
        ],
    },
    Culture {
        first: [
            "Ayşe", "Çağlar", "Gülşen", "Ömer", "Defne", "Barış", "Şebnem", "Tolga", "Işıl",
            "Ümit", "Nazlı", "Doğan", "Özlem", "Kıvanç",
        ],
        last: [
            "Yılmaz",
            "Karagöz",
            "Özbilir",
            "Çetinkaş",
            "Şahinoğlu",
            "Gündüzalp",
            "Aydınlık",
            "Tümerkan",
            "Kılıçöz",
            "Erdoğmuş",
            "Başaranel",
            "Ünlütürk",
            "Sönmezay",
            "Akıncıl",
        ],
    },
    Culture {
        first: [
            "Jürgen",
            "Käthe",
            "Björk",
            "Annegret",
            "Götz",
            "Sünje",
            "Rüdiger",
            "Friederike",
            "Lorenz",
            "Mareike",
            "Jörg",
            "Wiebke",
            "Ansgar",
            "Bärbel",
        ],
        last: [
            "Müllerstein",
            "Großkopf",
            "Schönwald",
            "Weißbrod",
            "Kürschner",
            "Fährmann",
            "Brückenau",
            "Hölzinger",
            "Strauß-Lind",
            "Vögtle",
            "Dünkelberg",
            "Ohlendiek",
            "Rößner",
            "Thalbach",
        ],
    },
    Culture {
        first: [
            "Aarav", "Meera", "Rohan", "Kavya", "Vikram", "Ishita", "Arjun", "Nandini", "Sanjay",
            "Leela", "Kiran", "Asha", "Devendra", "Lakshmi",
        ],
        last: [
            "Deshmukhe",
            "Iyengaran",
            "Kulkarnee",
            "Chandrasen",
            "Bhattarai",
            "Menonkar",
            "Rajwade",
            "Subramani",
            "Trivedhi",
            "Nambiarath",
            "Gokhalé",
            "Varadhan",
            "Sengupte",
            "Pillaiyar",
        ],
    },
    Culture {
        first: [
            "Jiří",
            "Božena",
            "Ondřej",
            "Kateřina",
            "Tomáš",
            "Šárka",
            "Vojtěch",
            "Ľubica",
            "Matěj",
            "Zdeňka",
            "Štefan",
            "Alžběta",
            "Radomír",
            "Hedvika",
        ],
        last: [
            "Dvořáček",
            "Křížan",
            "Hruška",
            "Štěpánovský",
            "Žižlavský",
            "Novotníček",
            "Beránek",
            "Čapajev",
            "Kovářík",
            "Ševčíkovský",
            "Říhošek",
            "Vlčekan",
            "Malečha",
            "Poláčkovič",
        ],
    },
    Culture {
        first: [
            "Amina", "Youssef", "Layla", "Karim", "Nadia", "Tariq", "Salma", "Idris", "Rania",
            "Hicham", "Zahra", "Bilal", "Farida", "Mounir",
        ],
        last: [
            "El-Amrani",
            "Benkirad",
            "Haddadine",
            "Al-Qasimar",
            "Bouzidane",
            "Khalfaoui",
            "Mansourine",
            "Tazirt",
            "Ouahbid",
            "Cherkaouen",
            "Zeroualia",
            "Saïdane",
            "Belhajri",
            "Nouraldin",
        ],
    },
    Culture {
        first: [
            "Haruto", "Yūko", "Kenji", "Sakura", "Ryō", "Aiko", "Daichi", "Naoko", "Shōta",
            "Emiko", "Takeshi", "Midori", "Kōhei", "Rin",
        ],
        last: [
            "Morikawa",
            "Ōnishida",
            "Takemoto",
            "Hayashibe",
            "Kurosaki",
            "Shiraishi",
            "Fujinami",
            "Yūkawa",
            "Katōda",
            "Minamoto",
            "Arakida",
            "Sugihara",
            "Tsukishiro",
            "Nakahori",
        ],
    },
    Culture {
        first: [
            "Ελένη",
            "Νίκος",
            "Κατερίνα",
            "Γιώργος",
            "Δήμητρα",
            "Σταύρος",
            "Άννα",
            "Θανάσης",
            "Ιωάννα",
            "Πέτρος",
            "Χρύσα",
            "Μιχάλης",
            "Ζωή",
            "Λευτέρης",
        ],
        last: [
            "Παπαδάτος",
            "Αλεξίου",
            "Βασιλάκος",
            "Γεωργαλής",
            "Δρακόπουλος",
            "Ηλιάδη",
            "Καραμπίνης",
            "Λαμπράκος",
            "Μαυρίδης",
            "Ξενάκος",
            "Οικονόμος",
            "Ρουσσέτος",
            "Σταματάκος",
            "Φωτεινός",
        ],
    },
    Culture {
        first: [
            "Niamh", "Callum", "Siobhán", "Rhys", "Aoife", "Gethin", "Maeve", "Alistair", "Róisín",
            "Bronwen", "Ewan", "Órla", "Duncan", "Catrin",
        ],
        last: [
            "O’Rafferby",
            "MacTavert",
            "Ní Dhonagh",
            "Llewelwyn",
            "Brannock",
            "Carrowmore",
            "Fitzmorley",
            "Glenhaven",
            "Pendrake",
            "Strathmoor",
            "Tregarne",
            "Whitlocke",
            "Ashgrove",
            "Kilbrannan",
        ],
    },
];

/// How many names there are before middle initials are needed.
const NAMES: usize = CULTURES.len() * 14 * 14;

/// The name of a person by their number. The seed turns the order about.
pub(super) fn name_of(number: usize, seed: u64) -> String {
    // The stride shares no factor with NAMES, so each name comes once per round.
    let at = (number * 1_009 + (seed % NAMES as u64) as usize) % NAMES;
    let culture = &CULTURES[at % CULTURES.len()];
    let rest = at / CULTURES.len();
    let (first, last) = (culture.first[rest % 14], culture.last[rest / 14]);
    match number / NAMES {
        0 => format!("{first} {last}"),
        round => {
            let initial = char::from(b'A' + (round % 26) as u8);
            format!("{first} {initial}. {last}")
        }
    }
}

/// What stands before the `@` in the address of somebody with that name and number.
pub(super) fn mailbox_of(name: &str, number: usize) -> String {
    let folded = fold(name).replace(' ', ".");
    if number < NAMES { folded } else { format!("{folded}.{number}") }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_first_names_differ_and_so_do_their_mailboxes() {
        let names: HashSet<String> = (0..NAMES).map(|number| name_of(number, 7)).collect();
        assert_eq!(names.len(), NAMES);
        let boxes: HashSet<String> =
            (0..3 * NAMES).map(|number| mailbox_of(&name_of(number, 7), number)).collect();
        assert_eq!(boxes.len(), 3 * NAMES);
        assert!(boxes.iter().all(|mailbox| mailbox.is_ascii()));
    }
}
