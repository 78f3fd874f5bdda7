//! Words that tell how high somebody stands, and whether they still do.

use std::sync::LazyLock;

use super::{Seniority, lexicon::Lexicon};

/// What a word says about the rank of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// This seniority.
    Level(Seniority),
    /// "Chief": C-level with an officer behind it, else the head of something.
    Chief,
    /// "Partner": of a firm, unless something follows that is dealt with by partners.
    Partner,
    /// "Advisor": on a board, unless it is said in what they advise.
    Advisor,
    /// "Assistant": to somebody, or below a rank that follows.
    Assistant,
    /// "Intern": whatever else is said.
    Learner,
    /// "Executive assistant": whomever they assist.
    Aide,
    /// "Senior": a lead where no rank is said.
    Senior,
    /// Looks like a rank, and is none: "product owner".
    None,
}

/// What a word says about how a post is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holding {
    Former,
    Interim,
    Deputy,
    /// Looks like one, and is none: "vice president".
    None,
}

pub(super) static RANKS: LazyLock<Lexicon<Rank>> = LazyLock::new(|| Lexicon::new(RANK_WORDS));
pub(super) static HOLDINGS: LazyLock<Lexicon<Holding>> =
    LazyLock::new(|| Lexicon::new(HOLDING_WORDS));

const RANK_WORDS: &[(Rank, &str)] = &[
    (
        Rank::Level(Seniority::Founder),
        "founder, cofounder, co founder, owner, coowner, co owner, entrepreneur, proprietor, \
         founding partner, managing partner, general partner, senior partner, equity partner, \
         *inhaber, *eigentumer, *grunder, unternehmer, *gesellschafter, geschaftsfuhrend* \
         gesellschafter, gesellschafter geschaftsfuhrer, fondateur, fondatrice, cofondateur, \
         cofondatrice, proprietaire, associe, associee, associe gerant, president fondateur, \
         fundador, fundadora, cofundador, cofundadora, socio, socia, propietari*, dueno, duena, \
         fondatore, cofondatore, titolare, proprietari*, oprichter, medeoprichter, eigenaar, \
         eigenaresse, dga, vennoot, dono, dona, zalozyciel*, wspolzalozyciel*, wlasciciel*, \
         wspolwlasciciel*, wspolnik, grundare, medgrundare, agare, delagare, stifter, medstifter, \
         indehaver, ejer, grunnlegger, eier, medeier, perustaja, omistaja",
    ),
    (
        Rank::Level(Seniority::Chief),
        "general counsel, gen cnsl, ceo, cto, cfo, coo, cmo, cio, ciso, cso, cpo, cro, cco, chro, \
         cdo, cao, clo, cpto, cxo, c level, chief executive, managing director, mng director, mng \
         dir, md, president, presidenta, presidente, director general, directora general, general \
         director, directeur general, directrice generale, dg, direttore generale, direttrice \
         generale, diretor geral, diretora geral, algemeen directeur, dyrektor generalny, \
         generaldirektor, gerente general, geschaftsfuhr*, gf, geschaftsleiter, geschaftsleitung, \
         vorstand*, *vorstand, generalbevollmachtigt*, pdg, p dg, president directeur general, \
         presidente directeur general, gerant, gerante, consejero delegado, consejera delegada, \
         administrador, administradora, amministratore, amministratrice, amministratore delegato, \
         administrador delegado, bestuursvoorzitter, zaakvoerder, statutair directeur, prezes*, \
         wiceprezes*, czlonek zarzadu, czlonkini zarzadu, verkstallande direktor, vd, adm \
         direktor, adm dir, administrerende direktor, konserndirektor, koncernchef, konsernsjef, \
         daglig leder, toimitusjohtaja",
    ),
    (
        Rank::Level(Seniority::VicePresident),
        "vp, svp, evp, avp, gvp, rvp, *vice president*, vice presiden*, vizeprasident, \
         vicepresiden*, vice presidencia, assistant vice president, assistant vp, wiceprezydent",
    ),
    (
        Rank::Level(Seniority::Director),
        "director, directors, dir, *directeur, directrice, directora, diretor, diretora, \
         direttore, direttrice, vicedirettore, subdirector, subdirectora, *direktor, dyrektor*, \
         wicedyrektor*, *johtaja, chief of staff, general manager, gm, daf, drh, dsi, prokurist, \
         bereichsleit*, hauptabteilungsleit*, geschaftsbereichsleit*, ressortleit*, spartenleit*, \
         secretaire general, secretaire generale, general secretary, secretary general",
    ),
    (
        Rank::Level(Seniority::Head),
        "head, *leiter, *leitung, leitend*, hoofd*, *leider, jefe, jefa, capo, chefe, *chef, \
         chefin, *sjef, szef, szefowa, country manager, landeschef, site manager, plant manager, \
         branch manager, chef du departement, chef de departement, chef de service",
    ),
    (
        Rank::Level(Seniority::Board),
        "board, board member, member of the board, board director, board of directors, board \
         observer, board advisor, chair, chairman, chairwoman, chairperson, vice chairman, non \
         executive, non executive director, ned, trustee, advisory board, supervisory board, \
         *aufsichtsrat*, beirat*, *beirat, verwaltungsrat*, stiftungsrat*, administrateur \
         independant, administratrice independante, conseil d administration, president du \
         conseil, consejero, consejera, consigliere, conselheiro, conselheira, commissaris, rada \
         nadzorcza, rady nadzorczej, styrelse*, styremedlem, styreleder, bestyrelse*, \
         hallituksen*, puheenjohtaja",
    ),
    (
        Rank::Level(Seniority::Manager),
        "*manager, *managers, mgr, gerente, responsable, responsabile, responsavel, gestor, \
         gestora, encargado, encargada, kierowni*, menedzer*, manadzer*, projektleit*, \
         projectleider, *bauleit*, filialleit*, marktleit*, bedrijfsleider, chef* de, chef* du, \
         chef* des, chef* d, jefe de proyecto, jefa de proyecto, jefe de producto, jefa de \
         producto, capo progetto, capoprogetto, chefe de projeto, *leder, *ledare, \
         leidinggevende, *ansvarlig, *ansvarig, *paallikko, pm, bdm, kam, csm, tam, \
         *verantwortlich*, responsabil*, souschef",
    ),
    (
        Rank::Level(Seniority::Lead),
        "lead, *leader, teamlead, teamleit*, gruppenleit*, schichtleit*, teamleider, teamleder, \
         teamledare, chef* d equipe, jefe de equipo, jefa de equipo, caposquadra, capo squadra, \
         lider, principal, staff engineer, staff developer, staff scientist, staff designer, \
         staff software engineer, staff product designer, staff data scientist, staff data \
         engineer, staff data, staff machine learning, staff security engineer, staff site \
         reliability, staff backend, staff frontend, head chef, executive chef, head nurse, head \
         coach, head teacher, head gardener, head waiter, head barista, head brewer, supervisor, \
         supervisora, foreman, vorarbeiter, art director, directeur artistique, brygadzista, \
         tiiminvetaja",
    ),
    (
        Rank::None,
        "product owner, process owner, system owner, service owner, data owner, platform owner, \
         application owner, po, business partner, hr business partner, lead generation, lead gen, \
         leads, assistant professor, associate professor, sous chef, pastry chef, chef de partie, \
         commis chef, company secretary, corporate secretary, anleiter, begleiter, head hunter, \
         oberkellner, administrador de sistemas, administrador de bases, amministratore di \
         sistema, direccion, chef de bord, directory, administrador de redes",
    ),
    (Rank::Chief, "chief"),
    (Rank::Partner, "partner"),
    (Rank::Advisor, "advisor, adviser"),
    (
        Rank::Learner,
        "intern, interns, internship, trainee, *praktikant, *praktikum, werkstudent*, \
         auszubildende*, azubi, apprentice, stagiaire, becario, becaria, practicante, \
         tirocinante, stagista, estagiari*, stazyst*, praktykant*, alternant, alternante, \
         apprenti, apprentie, larling, harjoittelija, student, volontar*, referendar*, dualer \
         student",
    ),
    (
        Rank::Aide,
        "executive assistant, personal assistant, management assistant, pa, ea, *sekretar, \
         *sekretarin, secretary, secretaria, secretario, secretaire, segretari*, secretaresse, \
         *secretaresse, sekretark*, *assistenz der, *assistenz",
    ),
    (
        Rank::Assistant,
        "vorstandsassist*, geschaftsfuhrungsassist*, assistant, assistants, asst, *assistent, \
         *assistentin, assistante, assistente, asistente, asystent*, avustaja, *assistentti, aide",
    ),
    (Rank::Senior, "senior, sr, snr, starszy, starsza, senioringenieur, confirme, confirmee"),
];

const HOLDING_WORDS: &[(Holding, &str)] = &[
    (
        Holding::Former,
        "former, formerly, ex, previous, previously, retired, ehemal*, ehem, fruher*, a d, i r, \
         im ruhestand, pensioniert*, ancien, ancienne, retraite, retraitee, anterior, antiguo, \
         antigua, jubilado, jubilada, retirado, gia, pensionato, pensionata, voormalig*, \
         gepensioneerd*, gewezen, antigo, antiga, aposentad*, reformado, byly, byla, emerytowan*, \
         tidigare, tidligere, fd, pensionerad, pensjonert, pensioneret, entinen, emeritus, \
         emerita",
    ),
    (
        Holding::Interim,
        "*interim*, acting, temporary, a i, kommissarisch*, ubergangs*, interino, interina, \
         interinato, facente funzione, waarnemend*, tijdelijk*, p o, pelniac* obowiazki, tf, t f, \
         tillforordnad, konstitueret, konstituert, fungerende, vikar, vikarierande, provisoire, \
         vt, virkaatekeva",
    ),
    (
        Holding::Deputy,
        "deputy, stv, stellv, stellvertret*, vize*, vice, adjoint, adjointe, adjunto, adjunta, \
         subdirector, subdirectora, vicedirettore, aggiunto, plaatsvervangend*, adjunct, \
         zastepc*, wice*, bitradande, stallforetradande, vicedirektor, souschef, \
         viceadministrerende, varatoimitusjohtaja, nestleder, assisterende, sous directeur, sous \
         directrice",
    ),
    (
        Holding::None,
        "vice president*, vice presiden*, vicepresident*, vizeprasident*, vice chairman",
    ),
];
