//! Words that tell what somebody does.

use std::sync::LazyLock;

use super::{Function, lexicon::Lexicon};

/// A function, and whether the word still tells it beside another: a "security engineer" is in
/// security, because "engineer" alone says little.
pub(super) type Telling = (Function, bool);

pub(super) static FUNCTIONS: LazyLock<Lexicon<Telling>> = LazyLock::new(|| {
    let table: Vec<(Telling, &str)> = WORDS
        .iter()
        .flat_map(|&(function, strong, weak)| {
            [((function, true), strong), ((function, false), weak)]
        })
        .collect();
    Lexicon::new(&table)
});

/// Each function with its strong words, then its weak ones.
const WORDS: &[(Function, &str, &str)] = &[
    (
        Function::GeneralManagement,
        "",
        "ceo, chief executive, managing director, mng director, mng dir, md, president, \
         presidente, presidenta, general management, general manager, gm, country manager, branch \
         manager, site manager, plant manager, chief of staff, executive director, director \
         general, directora general, general director, directeur general, directrice generale, \
         dg, pdg, direttore generale, direttrice generale, diretor geral, diretora geral, \
         algemeen directeur, dyrektor generalny, generaldirektor, gerente general, \
         geschaftsfuhr*, gf, geschaftsleiter, geschaftsleitung, vorstand*, niederlassungsleit*, \
         standortleit*, werksleit*, filialleit*, regionalleit*, landeschef, unternehmensleitung, \
         gerant, gerante, consejero delegado, consejera delegada, amministratore delegato, \
         amministratore unico, administrador, administrador delegado, bestuursvoorzitter, \
         zaakvoerder, dga, bedrijfsleider, prezes*, wiceprezes*, czlonek zarzadu, czlonkini \
         zarzadu, verkstallande direktor, vd, adm direktor, adm dir, administrerende direktor, \
         konserndirektor, koncernchef, konsernsjef, daglig leder, toimitusjohtaja, general \
         secretary, secretaire general, secretaire generale, strategy, *strategie, strategia",
    ),
    (
        Function::Engineering,
        "software*, engineering, *entwickler, *entwicklung*, research & development, r & d, rd, f \
         & e, forschung & entwicklung, recherche & developpement, ricerca & sviluppo, i & d, \
         investigacion & desarrollo, pesquisa & desenvolvimento, badania & rozwoj, badan & \
         rozwoju, onderzoek & ontwikkeling, forskning & utveckling, forskning & udvikling, cto, \
         chief technology, chief technical, technology, devops, sre, site reliability, backend, \
         frontend, fullstack, full stack, back end, front end, embedded, firmware, qa engineer, \
         test engineer, quality assurance engineer, logiciel, developpeur, developpeuse, \
         desarrollador, desarrolladora, desarrollo, sviluppatore, sviluppatrice, sviluppo \
         software, ontwikkelaar, ontwikkeling, programmeur, programmer, programmierer, \
         programista, programistka, programador, programadora, programmatore, desenvolvedor, \
         desenvolvedora, desenvolvimento, utvecklare, *utvecklare, utveckling, udvikler, \
         *udvikler, udvikling, utvikler, *utvikler, utvikling, *utviklingssjef, *udviklingschef, \
         *utvecklingschef, ohjelmistokehittaja, ohjelmisto*, *konstrukteur, konstrukt*, hardware, \
         mechanical, electrical, inzynierii, ingenierie, ingegneria, ingenieria, engenharia, \
         cloud engineer, scrum master, agile coach, rozwoju oprogramowania, kehitys*",
        "*engineer, engineers, developer, *developer, architect, architekt, *ingenieur, \
         ingenieure, ingegnere, ingeniero, ingeniera, engenheiro, engenheira, inzynier*, \
         ingenjor, *ingenjor, *ingenior, insinoori, tech, technical, technisch*, technique, \
         technik*, tecnico, tecnica, technicznych, technicien, technicienne, tester, \
         tuotekehitys, *techniker, technologie, tecnologia, teknologi, teknisk",
    ),
    (
        Function::Product,
        "product manager, product management, product owner, product lead, produktmanag*, chief \
         product, cpo, pm, po, chef de produit, jefe de producto, jefa de producto, head of \
         product, productmanager, productowner, gerente de produto, product director, product \
         operations, produktchef, produktsjef, produktleit*, tuotepaallikko",
        "product, products, produkt*, produit, produits, producto, productos, prodotto, prodotti, \
         produto, produtos, produktu, tuote*",
    ),
    (
        Function::Design,
        "design, *designer, ux, ui, user experience, ux researcher, ux research, creative, \
         creative director, art director, artdirector, graphic, grafik*, graphiste, diseno, \
         disenador, disenadora, grafico, directeur artistique, directrice artistique, \
         projektant*, vormgever, formgivare, muotoilija, kreativ*",
        "",
    ),
    (
        Function::Data,
        "data, data science, data engineer, data scientist, data analyst, data warehouse, big \
         data, datenanal*, daten*, donnees, datos, dati, dados, danych, analytics, business \
         intelligence, bi, machine learning, ml, ai, ki, artificial intelligence, kunstliche \
         intelligenz, cdo, deep learning, statistic*, statisti*, *datenbank*",
        "analyst, *analyst, analyste, analista, analityk*, analytiker, analyytikko",
    ),
    (
        Function::It,
        "it, ict, cio, chief information, information technology, information systems, systemes d \
         information, sistemas, sistemas de informacion, sistemi informativi, si, dsi, sysadmin, \
         system administrator, systems administrator, systemadministrator, systeembeheerder, \
         administrateur systeme, administrateur systemes, administrador de sistemas, \
         administrador de redes, informatique, informatik*, informatica, informatiek, \
         *informatyk*, edv, edv*, network administrator, network engineer, netzwerk*, helpdesk, \
         it support, service desk, sap, erp, wirtschaftsinformatik*, *infrastruktur, \
         infrastructure, tietohallinto*, digitalisierung*, digital transformation, database \
         administrator, teleinformatyki, amministratore di sistema, salesforce administrator, \
         salesforce admin",
        "infrastructure, system*, cloud",
    ),
    (
        Function::Security,
        "security, ciso, cybersecurity, cyber, information security, it security, infosec, \
         appsec, *sicherheit, informationssicherheit*, securite, cybersecurite, securite \
         informatique, securite des systemes d information, rssi, seguridad, seguridad \
         informatica, ciberseguridad, sicurezza, sicurezza informatica, beveiliging, \
         informatiebeveiliging, seguranca, seguranca da informacao, bezpieczenstw*, sakerhet*, \
         sikkerhed*, sikkerhet*, tietoturva*, penetration, pentester, soc analyst, threat",
        "",
    ),
    (
        Function::Sales,
        "sales, *sales, presales, pre sales, cro, chief revenue, revenue, revops, commercial, \
         chief commercial, cco, account executive, account executives, ae, account manager, \
         account management, account director, key account, key accounts, kam, *keyaccount*, sdr, \
         bdr, sales development, sales operations, sales engineer, solutions engineer, solution \
         engineer, inside sales, field sales, *vertrieb*, *verkauf, verkauf*, *aussendienst*, \
         handelsvertret*, *kundenbetreuer, gebietsleit*, commerciale, commerciaux, ventes, vente, \
         vendeur, vendeuse, ingenieur commercial, technico commercial, grands comptes, comptes \
         cles, comercial, ventas, venta, vendedor, vendedora, vendite, venditore, venditrice, \
         commerciali, verkoop*, verkoper, accountmanager, vendas, sprzedaz*, handlow*, \
         przedstawiciel handlowy, klienta kluczowego, klientow kluczowych, kluczowych klientow, \
         *forsaljning*, *saljare, saljchef, salj*, *salgs*, salg, selger, saelger, *myynti*, \
         myyja, territory manager, regional sales, enterprise sales, deal desk, cuentas clave, \
         cuentas, comerciais, kundansvarig, trade",
        "account, accounts",
    ),
    (
        Function::Partnerships,
        "partnership*, partnerships, alliance*, alliances, channel, channels, channel sales, \
         channel partner, partner manager, partner management, partner success, partner \
         marketing, ecosystem*, partnermanag*, partner account, technology partner*, \
         partnervertrieb, partner sales, *partnerschaft*, kooperation*, partenariat*, \
         partenaires, alianza*, alianzas, alleanze, partnerstw*, partnerow, partenaire, \
         partnerschappen, parcerias, parceiros, partenariats, partner development, \
         colaboraciones, partneransvarig, partneransvarlig, partnerchef, kumppanuu*, \
         partenariado*, reseller*, vertriebspartner*, partnerbetreu*, partner ecosystem, \
         partnership development",
        "",
    ),
    (
        Function::BusinessDevelopment,
        "business development, bizdev, biz dev, bd, bdm, business developer, geschaftsentwick*, \
         geschaftsfeldentwick*, unternehmensentwick*, developpement commercial, developpement des \
         affaires, desarrollo de negocio, desarrollo de negocios, sviluppo business, sviluppo \
         commerciale, bedrijfsontwikkeling, desenvolvimento de negocios, rozwoju biznesu, rozwoj \
         biznesu, affarsutveckl*, forretningsudvikl*, forretningsutvikl*, liiketoiminnan \
         kehitys*, corporate development, new business, m & a, mergers & acquisitions, \
         neugeschaft*",
        "",
    ),
    (
        Function::Marketing,
        "*marketing*, product marketing, growth, cmo, brand, branding, communication, \
         communications, *kommunikation*, pr, public relations, presse*, *sprecher, press \
         officer, content, social media, seo, sem, copywriter, redakteur, *redakteur, community, \
         media, demand generation, lead generation, lead gen, e commerce, ecommerce, events, \
         event manager, werbung, offentlichkeitsarbeit, marketingu, mercadeo, mercadotecnia, \
         comunicacion, comunicazione, comunicacao, communicatie, komunikacji, markedsforing, \
         markeds*, marknads*, markkinoi*, viestinta*, kommunikasjon*, relations publiques, \
         relations presse, editor, chef de publicite, woordvoerder",
        "digital, evangelist, developer relations, devrel, developer advocate",
    ),
    (
        Function::CustomerSuccess,
        "customer success, customer support, customer service, customer care, customer \
         experience, customer, client success, client services, client service, csm, tam, \
         technical account, technical account manager, technical support, support, \
         implementation, onboarding manager, *kundenservice*, *kundendienst*, *kundenbetreu*, \
         *kundenerfolg*, service delivery, service client, relation client, relations clients, \
         experience client, succes client, support client, atencion al cliente, servicio al \
         cliente, exito del cliente, servizio clienti, assistenza clienti, assistenza tecnica, \
         klantenservice*, klantsucces*, klantenservice, apoio ao cliente, suporte, sucesso do \
         cliente, atendimento, obslug* klienta, wsparcia, sukcesu klienta, kundtjanst*, \
         kundsupport*, kundeservice*, kundesupport*, kundservice, asiakaspalvel*, asiakkuus*, \
         contact center, call center, callcenter, serviceleit*, serviceleider",
        "service, services",
    ),
    (
        Function::Finance,
        "finance, financial, cfo, chief financial, *finanz*, finances, financier, financiere, \
         financiero, financiera, finanzas, finanza, finanziario, finanziaria, financieel, \
         financien, financeiro, financeira, financas, finansow*, finansow, finans*, ekonomi*, \
         *ekonom, okonomi*, talous*, controller, *controller, controlling, controlador, \
         controleur, controleuse, controle de gestion, controleur de gestion, controllo di \
         gestione, kontroll*, accounting, accountant, *accountant, bookkeeper, *buchhalt*, \
         *bilanz*, *rechnungswesen, comptab*, expert comptable, contable, contabilidad*, \
         contabil*, contabilita, ragionier*, boekhoud*, ksieg*, glown* ksiegow*, redovisning*, \
         bogholder, regnskap*, regnskab*, kirjanpit*, treasury, treasurer, tax, *steuer*, \
         steuerberat*, fiscal*, fiscaal, audit*, wirtschaftspruf*, investor relations, \
         investment, investments, payroll, kaufmannisch*, kfm, billing, risk, credit, tresorier, \
         tresorerie, tresoreria, daf, actuar*, aktuar*, banker, payroll accountant",
        "",
    ),
    (
        Function::Legal,
        "legal, lawyer, counsel, general counsel, attorney, attorney at law, solicitor, \
         barrister, paralegal, clo, compliance, data protection, privacy, dpo, datenschutz*, \
         *jurist*, juriste, juridique, *rechtsanwalt*, *rechtsanwaltin, *anwalt, *anwaltin, \
         justiziar*, recht, rechtsabteilung, avocat, avocate, abogad*, juridic*, legale, legali, \
         avvocat*, advocaat, juridisch*, *advogad*, prawn*, radca prawny, radczyni prawna, \
         adwokat*, advokat*, jurist, *lakimies*, lakiasiain*, company secretary, corporate \
         secretary, regulatory, notar*, cnsl, gen cnsl, ochrony danych, proteccion de datos, \
         protection des donnees, iod, regulatory affairs, contracts manager, patent*",
        "",
    ),
    (
        Function::People,
        "hr, human resources, human resource, human capital, people, people & culture, chro, \
         chief people, hrbp, hr business partner, people operations, talent, talent acquisition, \
         recruit*, *recruiter, recruiting, learning & development, l & d, training manager, \
         employer branding, compensation, diversity, *personal*, personalentwick*, \
         organisationsentwick*, personalwesen, personalmarketing, rh, drh, ressources humaines, \
         recrutement, recruteur, recruteuse, charge de recrutement, chargee de recrutement, \
         recursos humanos, rrhh, seleccion, reclutamiento, risorse umane, selezione, personale, p \
         & o, personeel*, personeelszaken, kadr, kadrowa, hr bp, zasobow ludzkich, rekrut*, \
         henkilosto*, headhunter, head hunter, talento, formation, ausbildungsleit*, ausbilder, \
         medarbetare, *personalchef, talents, culture",
        "personal",
    ),
    (
        Function::Operations,
        "coo, chief operating, chief operations, project manager, project management, program \
         manager, programme manager, pmo, production, *produktionsleit*, *produktion, fertigung*, \
         *fertigungsleit*, manufacturing, *betriebsleit*, betrieb, quality, *qualitat*, qualite, \
         calidad, qualita, qualidade, jakosci, kwaliteit*, kvalit*, facility, facilities, \
         facility management, hse, ehs, instandhaltung*, wartung*, maintenance, manutenzione, \
         mantenimiento, manutencao, lean, produccion, produzione, producao, productie*, \
         produkcji, produksjon*, tuotanto*, exploitation, operacoes, operaciones, operazioni, \
         process, prozess*, *werkleit*, montage*, construction, baustellen*, industrial, usine, \
         sustainability, nachhaltigkeit*",
        "operations, operation, operating, operational, operacyjn*, ops, drift*, *projektleit*, \
         projektmanag*, projectmanager, *projektledare, *projektleder, *prosjektleder, *project*, \
         chef de projet, jefe de proyecto, jefa de proyecto, capo progetto, capoprogetto, gerente \
         de projetos, kierownik projektu, projectleider, projektu, projekt*, proyecto*, projet, \
         projets, progetto, projeto*, projektipaallikko, bauleit*, *bauleiter, programm*, \
         schichtleit*",
    ),
    (
        Function::SupplyChain,
        "procurement, purchasing, buyer, sourcing, category manager, supply chain, supply, \
         logistics, logistic, *logisti*, warehouse, inventory, *einkauf*, *einkaufer*, \
         *beschaffung*, *lagerleit*, lager*, fuhrpark*, disponent*, *versand*, achat, achats, \
         acheteur, acheteuse, approvisionnement*, chaine logistique, compras, comprador, \
         compradora, almacen, cadena de suministro, acquisti, magazzin*, approvvigionament*, \
         inkoop*, *inkoop*, inkoper, magazijn*, zakup*, zaopatrzen*, magazyn*, lancucha dostaw, \
         inkop*, indkob*, innkjop*, hankinta*, osto*, ostaja, vendor management, supplier, \
         lieferanten*, spedition*, fulfillment, transport, transporte, supplies, \
         materialwirtschaft, dystrybucj*, distribution",
        "",
    ),
    (
        Function::Consulting,
        "consulting, strategy consultant, management consultant, unternehmensberat*, conseil, \
         consultoria, adviesbureau",
        "consultant, *consultant, consultante, consultor, consultora, consulente, konsult, \
         konsulent, konsultti, konsulting, *berater, *beratung, adviseur, conseiller, \
         conseillere, doradca, konsultant*, radgiver, radgivare, advisory, advisor, adviser, \
         asesor, asesora",
    ),
    (
        Function::Research,
        "forscher, *forschung*, chercheur, chercheuse, investigador, investigadora, ricercatore, \
         ricercatrice, onderzoeker, pesquisador, pesquisadora, badacz*, forskare, forsker, \
         tutkija, scientist, chief scientist, professor, *professor, professeur, profesor, \
         docent, postdoc, phd, doctoral, scientific, wissenschaft*, scientifique",
        "research, researcher, recherche, investigacion, ricerca, badan, forskning*, economist, \
         laborleit*, labor*, laboratory",
    ),
    // What looks like a function, and is none.
    (Function::Other, "", "*vice presiden*, assistant vice president, advisory board"),
    (
        Function::Administration,
        "vorstandsassist*, geschaftsfuhrungsassist*, executive assistant, personal assistant, \
         management assistant, office, office manager, officemanager, office management, \
         receptionist, reception, rezeption*, empfang*, administrative, administratif, \
         administrative officer, back office, backoffice, buro*, *sekretar*, secretary, \
         secretaria, secretaire, secretaresse, *secretaresse, segretari*, sekretark*, \
         sachbearbeit*, administration, verwaltung, verwaltungs*, administrativ*, administrativo, \
         amministrazione, amministrativ*, administratie*, administracji, administracyj*, biura, \
         direction assistant, data entry, chief administrative, cao, toimisto*, kontors*, \
         officeassist*, asistente administrativo",
        "clerk, *kaufmann, *kauffrau, administrator, coordinator",
    ),
];
