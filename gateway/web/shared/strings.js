// strings.js -- the sentences that all pages for patients say, French and
// English side by side; what one page alone says is in its own strings.js.
//
// {name} is filled in; { one, other } chooses by the number {n}.  French
// spaces before : ; ! ? are made non-breaking here, once.

const LANGUAGES = ['fr', 'en'];

const STRINGS = {
  // The frame
  'page.title': ['Mes résultats', 'My results'],
  'skip': ['Aller au contenu', 'Skip to content'],
  'language': ['Langue', 'Language'],
  'foot.paper': [
    'Vous préférez le papier ? Demandez-le à l’accueil : c’est votre droit.',
    'Would you rather have paper? Ask at the desk: it is your right.'],
  'foot.phone': ['Une question ? Appelez le {phone}.',
    'A question? Call {phone}.'],
  'foot.private': [
    'Cette page ne garde rien : ni compte, ni cookie, ni historique. Vos résultats sont déchiffrés ici, dans votre navigateur.',
    'This page keeps nothing: no account, no cookie, no history. Your results are decrypted here, in your browser.'],
  'date.at': ['{day} à {time}', '{day} at {time}'],
  'span.days': [{ one: '{n} jour', other: '{n} jours' },
    { one: '{n} day', other: '{n} days' }],
  'span.hours': [{ one: '{n} heure', other: '{n} heures' },
    { one: '{n} hour', other: '{n} hours' }],
  'span.minutes': [{ one: '{n} minute', other: '{n} minutes' },
    { one: '{n} minute', other: '{n} minutes' }],
  'span.soon': ['moins d’une minute', 'less than a minute'],

  // Step 1: the slip
  'start.title': ['Retirer mes résultats', 'Pick up my results'],
  'start.closed': [
    'Vos résultats sont refermés. Cette page n’en a rien gardé.',
    'Your results are closed. This page has kept nothing of them.'],
  'start.idle': [
    'Sans activité depuis dix minutes, vos résultats ont été refermés pour votre confidentialité.',
    'After ten minutes without activity, your results were closed for your privacy.'],
  'start.closedFiles': [
    'Sur un ordinateur partagé, pensez à supprimer le PDF si vous l’avez téléchargé.',
    'On a shared computer, remember to delete the PDF if you downloaded it.'],
  'start.card': ['Numéro de carte', 'Card number'],
  'start.card.hint': ['11 caractères, en 3 groupes', '11 characters, in 3 groups'],
  'start.code': ['Code secret', 'Secret code'],
  'start.code.hint': ['16 caractères, en 4 groupes', '16 characters, in 4 groups'],
  'start.forgiving': [
    'Majuscules ou minuscules, avec ou sans tirets : tout convient. Vous pouvez aussi coller tout le texte du ticket.',
    'Upper or lower case, with or without hyphens: anything works. You may also paste the whole text of the slip.'],
  'start.slip': ['Votre ticket', 'Your slip'],
  // As the slip prints them (gateway/desk/texts.def).
  'slip.card': ['carte', 'card'],
  'slip.code': ['code', 'code'],
  'start.slip.scan': [
    'Plus simple : visez le carré du ticket avec l’appareil photo de votre téléphone.',
    'Easier: point your phone’s camera at the square on the slip.'],
  'start.pasted': ['Ticket reconnu : les deux lignes sont remplies.',
    'Slip recognised: both lines are filled in.'],
  'field.ok': ['Complet', 'Complete'],
  'field.empty': ['Cette ligne est vide.', 'This line is empty.'],
  'field.short': ['Il manque des caractères : {count} sur {wanted}.',
    'Characters are missing: {count} of {wanted}.'],
  'field.long': ['Il y a des caractères en trop : {count} au lieu de {wanted}.',
    'There are too many characters: {count} instead of {wanted}.'],
  'field.symbol': [
    'Le caractère « {symbol} » n’existe pas sur nos tickets. Relisez-le.',
    'The character “{symbol}” is not used on our slips. Please read it again.'],
  'field.check.card': [
    'Faute de frappe dans le numéro de carte : relisez chaque caractère.',
    'Typing error in the card number: please read every character again.'],
  'field.check.code': [
    'Faute de frappe dans le code secret : relisez chaque caractère.',
    'Typing error in the secret code: please read every character again.'],
  'field.errors': [{ one: 'Une ligne est à corriger.',
    other: '{n} lignes sont à corriger.' },
  { one: 'One line needs correcting.', other: '{n} lines need correcting.' }],

  // Step 2: opening
  'progress.title': ['Ouverture de vos résultats', 'Opening your results'],
  'progress.lead': ['Cela prend quelques secondes.', 'This takes a few seconds.'],
  'progress.derive': ['Vérification du code sur votre appareil',
    'Checking the code on your device'],
  'progress.unlock': ['Ouverture de votre carte', 'Opening your card'],
  'progress.verify': ['Vérification et déchiffrement',
    'Verifying and decrypting'],
  'progress.verifyOf': ['Vérification et déchiffrement ({n} sur {of})',
    'Verifying and decrypting ({n} of {of})'],
  'progress.deriveOf': [
    'Vérification du code sur votre appareil (site {n} sur {of})',
    'Checking the code on your device (site {n} of {of})'],
  'progress.done': ['terminé', 'done'],
  'progress.now': ['en cours', 'in progress'],

  // Step 3: the report
  'report.title': ['Vos résultats', 'Your results'],
  'report.count': [{ one: '{n} compte rendu', other: '{n} comptes rendus' },
    { one: '{n} report', other: '{n} reports' }],
  'report.isYou': [
    'Ce n’est pas vous ? Fermez cette page et prévenez le laboratoire.',
    'Not you? Close this page and tell the laboratory.'],
  'report.born': ['Date de naissance', 'Date of birth'],
  'report.usedName': ['Nom utilisé', 'Name used'],
  'report.sex': ['Sexe', 'Sex'],
  'sex.female': ['Féminin', 'Female'],
  'sex.male': ['Masculin', 'Male'],
  'report.of': ['Compte rendu du {day}', 'Report of {day}'],
  'report.lab': ['Laboratoire', 'Laboratory'],
  'report.sampled': ['Prélèvement', 'Sample taken'],
  'report.issued': ['Édité', 'Issued'],
  'report.validated': ['Validé par', 'Validated by'],
  'report.id': ['Numéro de dossier', 'File number'],
  'report.until': ['Disponible jusqu’au', 'Available until'],
  'report.left': ['encore {span}', '{span} left'],
  'report.after': [
    'Ensuite, ce compte rendu est détruit ici. Gardez le PDF, ou demandez le papier au laboratoire.',
    'After that, this report is destroyed here. Keep the PDF, or ask the laboratory for paper.'],
  'report.flagged': [
    { one: '{n} résultat signalé par le laboratoire',
      other: '{n} résultats signalés par le laboratoire' },
    { one: '{n} result flagged by the laboratory',
      other: '{n} results flagged by the laboratory' }],
  'report.flagged.text': [
    'Un résultat signalé n’est pas forcément inquiétant. Parlez-en à votre médecin.',
    'A flagged result is not necessarily a worry. Talk to your doctor about it.'],
  'report.conclusion': ['Conclusion', 'Conclusion'],
  'report.noRows': [
    'Ce compte rendu est dans le document PDF ci-dessus.',
    'This report is in the PDF document above.'],
  'report.verified': ['Authenticité vérifiée', 'Authenticity verified'],
  'report.verified.text': [
    'Votre navigateur a vérifié que ce compte rendu vient du laboratoire, qu’il est destiné à votre carte, qu’il est complet et que personne ne l’a modifié. Puis il l’a déchiffré : personne entre le laboratoire et vous n’a pu le lire.',
    'Your browser checked that this report comes from the laboratory, is meant for your card, is complete, and that nobody changed it. Then it decrypted it: nobody between the laboratory and you could read it.'],
  'report.refresh': ['Actualiser', 'Refresh'],
  'report.refreshed': ['À jour : {n}.', 'Up to date: {n}.'],
  'report.print': ['Imprimer', 'Print'],
  'report.close': ['Fermer', 'Close'],
  'status.final': ['Définitif', 'Final'],
  'status.corrected': ['Corrigé', 'Corrected'],
  'status.appended': ['Complété', 'Added to'],
  'status.outdated': ['En partie corrigé', 'Corrected in part'],
  'status.outdated.text': [
    'Le laboratoire a corrigé ou retiré une partie de ce compte rendu. Les anciennes valeurs et le PDF n’en sont plus montrés : voyez le compte rendu plus récent, ou demandez au laboratoire.',
    'The laboratory corrected or took back a part of this report. Its old values and its PDF are no longer shown: see the newer report, or ask the laboratory.'],
  'status.confirmed.text': [
    'Ces résultats étaient provisoires ; le laboratoire les a confirmés sans les changer. Le PDF peut encore porter la mention « provisoire ».',
    'These results were preliminary; the laboratory confirmed them unchanged. The PDF may still say “preliminary”.'],
  'news.withdrawn': ['Le laboratoire vient de retirer un compte rendu.',
    'The laboratory has just withdrawn a report.'],
  'news.gone': ['Un compte rendu n’est plus disponible ici : retiré par le laboratoire, ou arrivé à sa fin.',
    'A report is no longer available here: the laboratory withdrew it, or its time is over.'],
  'news.new': ['Vos résultats viennent de changer.',
    'Your results have just changed.'],
  'status.corrected.text': [
    'Le laboratoire a corrigé ce compte rendu. Cette version remplace la précédente.',
    'The laboratory corrected this report. This version replaces the earlier one.'],
  'status.appended.text': [
    'Le laboratoire a ajouté des résultats à ce compte rendu.',
    'The laboratory added results to this report.'],

  // The table
  'table.analysis': ['Analyse', 'Analysis'],
  'table.result': ['Résultat', 'Result'],
  'table.range': ['Valeurs de référence', 'Reference range'],
  'table.earlier': ['Antérieur', 'Earlier'],
  'table.other': ['Résultats', 'Results'],
  'table.specimen': ['Échantillon : {type}', 'Sample: {type}'],
  'table.specimenAt': ['Échantillon : {type}, prélevé le {when}',
    'Sample: {type}, taken on {when}'],
  'table.sampledAt': ['Prélevé le {when}', 'Taken on {when}'],
  'table.method': ['Méthode : {method}', 'Method: {method}'],
  'table.earlierOn': ['le {day}', 'on {day}'],
  'value.none': ['Pas de résultat', 'No result'],
  'value.yes': ['Oui', 'Yes'],
  'value.no': ['Non', 'No'],
  'row.corrected': ['Corrigé', 'Corrected'],
  'row.amended': ['Modifié', 'Amended'],
  'row.cancelled': ['Annulé', 'Cancelled'],
  'row.entered-in-error': ['Retiré', 'Withdrawn'],
  'row.outdated': ['Corrigé : voir le compte rendu plus récent',
    'Corrected: see the newer report'],
  'row.preliminary': ['Provisoire', 'Preliminary'],
  'row.registered': ['En cours', 'In progress'],
  'flag.normal': ['Normal', 'Normal'],
  'flag.abnormal': ['Anormal', 'Abnormal'],
  'flag.critical': ['Critique', 'Critical'],
  'flag.high': ['Élevé', 'High'],
  'flag.veryHigh': ['Très élevé', 'Very high'],
  'flag.criticalHigh': ['Critique, élevé', 'Critical, high'],
  'flag.low': ['Bas', 'Low'],
  'flag.veryLow': ['Très bas', 'Very low'],
  'flag.criticalLow': ['Critique, bas', 'Critical, low'],
  'flag.belowScale': ['Sous la mesure', 'Below the scale'],
  'flag.aboveScale': ['Au-delà de la mesure', 'Above the scale'],
  'flag.up': ['En hausse', 'Rising'],
  'flag.down': ['En baisse', 'Falling'],
  'flag.better': ['En amélioration', 'Better'],
  'flag.worse': ['Moins bon', 'Worse'],
  'flag.susceptible': ['Sensible', 'Susceptible'],
  'flag.intermediate': ['Intermédiaire', 'Intermediate'],
  'flag.doseDependent': ['Sensible à forte dose', 'Susceptible, dose dependent'],
  'flag.resistant': ['Résistant', 'Resistant'],
  'flag.nonSusceptible': ['Non sensible', 'Not susceptible'],
  'flag.positive': ['Positif', 'Positive'],
  'flag.negative': ['Négatif', 'Negative'],
  'flag.indeterminate': ['Indéterminé', 'Indeterminate'],
  'flag.detected': ['Détecté', 'Detected'],
  'flag.notDetected': ['Non détecté', 'Not detected'],
  'flag.reactive': ['Réactif', 'Reactive'],
  'flag.weaklyReactive': ['Faiblement réactif', 'Weakly reactive'],
  'flag.nonReactive': ['Non réactif', 'Not reactive'],

  // The PDF
  'pdf.title': ['Le compte rendu en PDF', 'The report as a PDF'],
  'pdf.text': [
    'Le document du laboratoire, exactement tel qu’il a été édité ({size}).',
    'The laboratory’s own document, exactly as issued ({size}).'],
  'pdf.open': ['Ouvrir le PDF', 'Open the PDF'],
  'pdf.newTab': ['(nouvel onglet)', '(new tab)'],
  'pdf.download': ['Télécharger', 'Download'],
  'pdf.show': ['Afficher ici', 'Show here'],
  'pdf.hide': ['Masquer', 'Hide'],
  'pdf.frame': ['Compte rendu en PDF', 'Report as a PDF'],
  'pdf.odd': [
    'Ce document n’est pas un PDF lisible. Demandez-le à l’accueil du laboratoire.',
    'This document is not a readable PDF. Ask for it at the laboratory’s desk.'],
  'pdf.file': ['compte-rendu', 'report'],
  'size.kB': ['{n} ko', '{n} kB'],
  'size.MB': ['{n} Mo', '{n} MB'],

  // Sharing
  'share.title': ['Partager avec un médecin', 'Share with a doctor'],
  'share.again': ['Un autre partage', 'Another share'],
  'share.open': ['Partager avec un médecin', 'Share with a doctor'],
  'share.which': ['Quel compte rendu ?', 'Which report?'],
  'share.make': ['Créer le code à scanner', 'Make the code to scan'],
  'share.ready': ['À scanner par le médecin', 'For the doctor to scan'],
  'share.qr': [
    'Carré à scanner : lien SMART Health vers votre compte rendu',
    'Square to scan: SMART Health Link to your report'],
  'share.until': ['Valable jusqu’au {when} (encore {span}).',
    'Valid until {when} ({span} left).'],
  'share.host': [
    'Le médecin doit pouvoir joindre {host}. S’il n’y arrive pas, donnez-lui le PDF.',
    'The doctor must be able to reach {host}. If that fails, hand over the PDF.'],
  'share.copy': ['Copier le lien', 'Copy the link'],
  'share.copied': ['Lien copié', 'Link copied'],
  'share.copyFailed': ['Copie refusée par le navigateur : sélectionnez le lien.',
    'The browser refused to copy: select the link.'],
  'share.link': ['Lien à copier', 'Link to copy'],
  'share.ended': ['Ce partage est terminé.', 'This share has ended.'],
  'share.number': ['Partage {n}', 'Share {n}'],
  // Read by the doctor's program: no name, no exam (formats.md).
  'share.label': ['Compte rendu de laboratoire', 'Laboratory report'],

  // Closing by itself
  'idle.title': ['Êtes-vous toujours là ?', 'Are you still there?'],
  'idle.text': [
    'Pour votre confidentialité, vos résultats vont se refermer.',
    'For your privacy, your results are about to close.'],
  'idle.left': [{ one: 'Fermeture dans {n} seconde.',
    other: 'Fermeture dans {n} secondes.' },
  { one: 'Closing in {n} second.', other: 'Closing in {n} seconds.' }],
  'idle.stay': ['Continuer à lire', 'Keep reading'],
  'idle.close': ['Fermer maintenant', 'Close now'],

  // What can go wrong: title, text, what to do
  'todo': ['Que faire ?', 'What to do'],
  'problem.retry': ['Réessayer', 'Try again'],
  'problem.report': ['Retour aux résultats', 'Back to the results'],
  'problem.closed.title': ['Ce compte rendu n’est plus disponible ici',
    'This report is no longer available here'],
  'problem.withdrawn.title': ['Compte rendu retiré par le laboratoire',
    'Report withdrawn by the laboratory'],
  'problem.withdrawn.text': [
    'Le laboratoire a retiré ce compte rendu. Si vous l’avez déjà lu ou téléchargé, n’en tenez plus compte.',
    'The laboratory withdrew this report. If you have already read or downloaded it, please disregard it.'],
  'problem.withdrawn.todo': [
    'Contactez le laboratoire avant de prendre une décision.|Une nouvelle version peut apparaître ici plus tard, avec le même ticket.',
    'Contact the laboratory before you decide anything.|A new version may appear here later, with the same slip.'],
  'problem.notyet.title': ['Ce compte rendu n’est pas encore ouvert',
    'This report is not open yet'],
  'problem.notyet.text': ['Il sera disponible à partir du {opens}.',
    'It will be available from {opens}.'],
  'problem.notyet.todo': ['Revenez après cette date avec le même ticket.',
    'Come back after that date with the same slip.'],
  'problem.clock.title': ['L’heure de votre appareil semble fausse',
    'Your device’s clock seems wrong'],
  'problem.clock.text': [
    'Votre appareil indique le {now}. Avec cette heure, la période de retrait ne peut pas être vérifiée.',
    'Your device says it is {now}. With that time the pickup period cannot be verified.'],
  'problem.clock.todo': [
    'Dans les réglages, choisissez « date et heure automatiques ».|Revenez ensuite sur cette page.',
    'In the settings choose “automatic date and time”.|Then come back to this page.'],
  'problem.check.title': ['Compte rendu non affiché : une vérification a échoué',
    'Report not shown: a check failed'],
  'problem.check.text': ['{check} Par sécurité, rien n’en est affiché.',
    '{check} For safety, none of it is shown.'],
  'check.envelope': ['L’enveloppe du compte rendu ne s’ouvre pas avec votre carte.',
    'The report’s envelope does not open with your card.'],
  'check.recipient': ['L’enveloppe porte l’adresse d’une autre carte.',
    'The envelope is addressed to another card.'],
  'check.signature': ['La signature n’est pas celle de votre laboratoire.',
    'The signature is not your laboratory’s.'],
  'check.card': ['Le certificat du compte rendu concerne une autre carte.',
    'The report’s certificate is about another card.'],
  'check.time': ['La période de retrait ne peut pas être vérifiée.',
    'The pickup period cannot be verified.'],
  'check.sequence': ['Le serveur propose une version plus ancienne que celle déjà vue.',
    'The server offers an older version than the one already seen.'],
  'check.integrity': ['Le fichier reçu n’est pas celui que le laboratoire a signé.',
    'The file received is not the one the laboratory signed.'],
  'check.decryption': ['Le fichier ne se déchiffre pas.',
    'The file does not decrypt.'],
  'check.document': ['Le contenu n’est pas un compte rendu lisible.',
    'The content is not a readable report.'],
  'check.code': ['Vérification : {check}', 'Check: {check}'],
  'problem.unlock.title': ['Votre carte ne s’ouvre pas',
    'Your card does not open'],
  'problem.unlock.text': [
    'Le code est juste, mais les clés de la carte ont été modifiées. Par sécurité, rien n’est affiché.',
    'The code is right, but the card’s keys were changed. For safety, nothing is shown.'],
  'problem.offline.title': ['Vous n’êtes pas connecté', 'You are not connected'],
  'problem.offline.text': ['Votre appareil n’a pas de réseau en ce moment.',
    'Your device has no network at the moment.'],
  'problem.insecure.title': ['Cette page n’est pas protégée',
    'This page is not protected'],
  'problem.insecure.text': [
    'Elle a été ouverte sans « https ». Ne tapez pas votre code ici.',
    'It was opened without “https”. Do not type your code here.'],
  'problem.insecure.todo': [
    'Ouvrez l’adresse imprimée sur le ticket : elle commence par https://',
    'Open the address printed on the slip: it begins with https://'],
  'problem.old.title': ['Ce navigateur est trop ancien',
    'This browser is too old'],
  'problem.old.text': [
    'Il ne sait pas déchiffrer vos résultats en sécurité.',
    'It cannot decrypt your results safely.'],
  'problem.old.todo': [
    'Mettez votre navigateur à jour, ou utilisez un autre téléphone.|Ou demandez vos résultats sur papier à l’accueil.',
    'Update your browser, or use another phone.|Or ask for your results on paper at the desk.'],
  'problem.broken.title': ['Cette page a rencontré un problème',
    'This page ran into a problem'],
  'problem.broken.text': [
    'Une erreur inattendue a arrêté l’ouverture. Vos résultats ne sont pas perdus.',
    'An unexpected error stopped the opening. Your results are not lost.'],
  'problem.broken.todo': [
    'Rechargez la page et réessayez.|Si cela se reproduit, demandez le papier à l’accueil.',
    'Reload the page and try again.|If it happens again, ask for paper at the desk.'],
};

let chosenLanguage = 'fr';
let sentences = STRINGS;

// A page's own rows; they stand before those above.
export function addStrings(own) {
  sentences = { ...sentences, ...own };
}

// The first of the reader's languages that we speak; French otherwise.
export function preferredLanguage(wanted) {
  const codes = wanted.map((tag) => tag.slice(0, 2).toLowerCase());
  return codes.find((code) => LANGUAGES.includes(code)) ?? 'fr';
}

export function setLanguage(language) {
  chosenLanguage = LANGUAGES.includes(language) ? language : 'fr';
}

export function currentLanguage() {
  return chosenLanguage;
}

function spaced(text) {
  if (chosenLanguage !== 'fr') return text;
  return text.replace(/ ([:;!?»])/g, '\u00a0$1').replace(/« /g, '«\u00a0');
}

// The sentence `key`; throws for a key that the table does not have.
export function t(key, values = {}) {
  const row = sentences[key];
  if (row === undefined) throw new Error(`strings: ${key}`);
  const found = row[LANGUAGES.indexOf(chosenLanguage)];
  const text = typeof found === 'string' ? found :
    found[new Intl.PluralRules(chosenLanguage).select(values.n)] ?? found.other;
  return spaced(text).replace(/\{(\w+)\}/g,
    (whole, name) => (name in values ? String(values[name]) : whole));
}

export function hasString(key) {
  return Object.keys(sentences).includes(key);
}

// For the test that both languages say everything.
export function allStrings() {
  return sentences;
}
