// strings.js -- what the page for patients at home says of its place: the
// internet, with two codes.  The other sentences: ../shared/strings.js.

export const VIEWER_STRINGS = {
  'page.service': ['Résultats par internet', 'Results by internet'],

  // Step 1: the slip
  'start.lead': [
    'Étape 1 sur 2. Prenez le ticket remis par le laboratoire et recopiez-en les deux lignes.',
    'Step 1 of 2. Take the slip the laboratory gave you and copy its two lines.'],
  'start.submit': ['Continuer', 'Continue'],

  // Step 2: the day code
  'day.title': ['Le code du jour', 'The day code'],
  'day.lead': [
    'Étape 2 sur 2. Le laboratoire vous a envoyé ce code par SMS, ou vous l’a dit au téléphone. Il n’est pas sur le ticket.',
    'Step 2 of 2. The laboratory sent you this code by SMS, or told you on the phone. It is not on the slip.'],
  'day.slip': ['Ticket : carte {card}', 'Slip: card {card}'],
  'day.change': ['Changer de ticket', 'Change the slip'],
  'day.forgiving': [
    'Vous pouvez coller le SMS entier. Aucun code reçu ? Appelez le laboratoire : sans lui, cette page ne peut rien ouvrir.',
    'You may paste the whole SMS. No code received? Call the laboratory: without it this page can open nothing.'],
  'day.pasted': ['Code du jour reconnu.', 'Day code recognised.'],
  'day.submit': ['Voir mes résultats', 'See my results'],
  'day.branch': ['Site du laboratoire', 'Branch of the laboratory'],
  'day.branch.hint': ['Là où le ticket vous a été remis.',
    'Where you were given the slip.'],
  'day.branch.any': ['Je ne sais pas : chercher partout (plus long)',
    'I do not know: look everywhere (takes longer)'],
  'start.day': ['Code du jour', 'Day code'],
  'start.day.hint': ['11 caractères, en 3 groupes', '11 characters, in 3 groups'],
  'field.check.day': [
    'Faute de frappe dans le code du jour : relisez chaque caractère du SMS.',
    'Typing error in the day code: please read every character of the SMS again.'],
  'field.isCard': [
    'C’est le numéro de carte du ticket. Le code du jour est dans le SMS du laboratoire.',
    'This is the card number on the slip. The day code is in the laboratory’s SMS.'],

  'progress.ask': ['Recherche de vos résultats scellés',
    'Looking for your sealed results'],

  // Sharing
  'share.text': [
    'Créez un code à scanner. Le médecin voit ce compte rendu jusqu’à la fin de sa période de retrait. Vous ne pouvez pas arrêter ce partage avant.',
    'Make a code to scan. The doctor sees this report until the end of its pickup period. You cannot stop this share earlier.'],
  'share.warning': ['Qui voit le carré peut ouvrir le compte rendu.',
    'Whoever sees the square can open the report.'],

  // What can go wrong: title, text, what to do
  'problem.back': ['Corriger les codes', 'Correct the codes'],
  'problem.nothing.title': ['Ces codes n’ouvrent rien', 'These codes open nothing'],
  'problem.nothing.text': [
    'Soit le code du jour et le ticket ne vont pas ensemble, soit cet accès par internet est arrêté : ticket bloqué ou remplacé, ou période terminée. Pour votre sécurité, cette page ne fait pas la différence.',
    'Either the day code and the slip do not belong together, or this access by internet has ended: slip blocked or replaced, or its time over. For your safety this page does not tell the two apart.'],
  'problem.nothing.todo': [
    'Vérifiez que le SMS est bien celui de ce ticket : chaque ticket a son propre code du jour.|Si les codes sont justes, appelez le laboratoire.|Vos résultats ne sont pas perdus : le laboratoire peut vous les remettre sur papier.',
    'Check that the SMS belongs to this slip: each slip has a day code of its own.|If the codes are right, call the laboratory.|Your results are not lost: the laboratory can give them to you on paper.'],
  'problem.nothingAgain.title': ['Toujours rien : appelez le laboratoire',
    'Still nothing: call the laboratory'],
  'problem.nothingAgain.text': [
    'Trois essais n’ont rien ouvert. D’autres essais ici ne vous aideront sans doute pas.',
    'Three attempts opened nothing. More attempts here will probably not help you.'],
  'problem.nothingAgain.todo': [
    'Appelez le laboratoire, votre ticket à la main. Ne dictez ni le code secret, ni le code du jour : personne n’en a besoin.|Ou passez à l’accueil avec le ticket et une pièce d’identité.',
    'Call the laboratory with your slip in your hand. Do not read out the secret code or the day code: nobody needs them.|Or come to the desk with the slip and an identity document.'],
  'problem.empty.title': ['Rien à retirer pour le moment',
    'Nothing to pick up for now'],
  'problem.empty.text': [
    'Vos codes sont justes. Il n’y a pas encore de compte rendu à retirer ici, ou il n’y en a plus.',
    'Your codes are right. There is no report to pick up here yet, or there is none any more.'],
  'problem.empty.todo': [
    'Revenez plus tard avec les mêmes codes : le délai dépend de l’analyse.|Gardez le ticket et le SMS.|Une question ? Appelez le laboratoire.',
    'Come back later with the same codes: how long it takes depends on the analysis.|Keep the slip and the SMS.|A question? Call the laboratory.'],
  'problem.empty.retry': ['Regarder à nouveau', 'Look again'],
  'problem.missing.title': ['Ce compte rendu n’est plus là',
    'This report is not there any more'],
  'problem.missing.text': [
    'Il était annoncé, mais son fichier n’est plus disponible. Le laboratoire vient peut-être de le remplacer.',
    'It was announced, but its file is no longer available. The laboratory may just have replaced it.'],
  'problem.missing.todo': [
    'Regardez à nouveau dans une minute : « Actualiser ».|Si cela dure, appelez le laboratoire.',
    'Look again in a minute: “Refresh”.|If it lasts, call the laboratory.'],
  'problem.closed.text': [
    'Sa période de retrait est terminée depuis le {closes}. (Votre appareil indique le {now}.)',
    'Its pickup period ended on {closes}. (Your device says it is {now}.)'],
  'problem.closed.todo': [
    'Demandez-le au laboratoire, sur papier ou sous une nouvelle carte : il garde l’original.|Si la date de votre appareil est fausse, corrigez-la et revenez.',
    'Ask the laboratory for it, on paper or under a new card: it keeps the original.|If your device’s date is wrong, correct it and come back.'],
  'problem.check.todo': [
    'N’en tenez pas compte et ne le transmettez à personne.|Réessayez une fois. Si cela se reproduit, appelez le laboratoire et dites-lui le mot « vérification » ci-dessous.|Le laboratoire vous remettra vos résultats sur papier.',
    'Do not rely on it, and pass it on to nobody.|Try once more. If it happens again, call the laboratory and tell them the check named below.|The laboratory will give you your results on paper.'],
  'check.index': [
    'La liste de vos comptes rendus n’a pas la forme que le laboratoire lui donne.',
    'The list of your reports does not have the shape the laboratory gives it.'],
  'problem.unlock.todo': [
    'Ne tapez plus vos codes ici et appelez le laboratoire : il vous remettra vos résultats sur papier.',
    'Do not type your codes here again, and call the laboratory: they will give you your results on paper.'],
  'problem.offline.todo': [
    'Connectez-vous à internet, puis réessayez.|Vous pouvez toujours demander le papier au laboratoire.',
    'Connect to the internet, then try again.|You can always ask the laboratory for paper.'],
  'problem.away.title': ['Vos résultats ne sont pas joignables',
    'Your results cannot be reached'],
  'problem.away.text': [
    'La page n’arrive pas à joindre l’endroit où vos résultats scellés sont déposés. Vos codes ne sont pas en cause.',
    'The page cannot reach the place where your sealed results lie. Your codes are not the cause.'],
  'problem.away.todo': [
    'Vérifiez votre connexion. Sur un Wi-Fi d’hôtel ou de train, ouvrez d’abord sa page d’accueil.|Réessayez dans une minute, ou depuis un autre appareil.|Si cela dure, appelez le laboratoire.',
    'Check your connection. On the Wi-Fi of a hotel or train, open its welcome page first.|Try again in a minute, or from another device.|If it lasts, call the laboratory.'],
  'problem.server.title': ['L’hébergeur rencontre une difficulté',
    'The hosting service has a difficulty'],
  'problem.server.text': [
    'L’endroit où vos résultats scellés sont déposés a répondu par une erreur ({status}). Vos résultats ne sont pas perdus.',
    'The place where your sealed results lie answered with an error ({status}). Your results are not lost.'],
  'problem.server.todo': [
    'Réessayez dans quelques minutes.|Si cela dure, appelez le laboratoire.',
    'Try again in a few minutes.|If it lasts, call the laboratory.'],
  'problem.framed.title': ['Cette page est affichée dans une autre',
    'This page is shown inside another one'],
  'problem.framed.text': [
    'Un autre site pourrait voir ce que vous tapez. Ne tapez pas vos codes ici.',
    'Another site might see what you type. Do not type your codes here.'],
  'problem.framed.todo': [
    'Ouvrez vous-même l’adresse imprimée sur le ticket.',
    'Open the address printed on the slip yourself.'],
};
