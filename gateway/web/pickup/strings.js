// strings.js -- what the pickup page says of its place: a box on the
// laboratory's own network.  The other sentences: ../shared/strings.js.

export const PICKUP_STRINGS = {
  'page.service': ['Retrait des résultats', 'Result pickup'],
  'start.lead': [
    'Prenez le ticket remis par le laboratoire et recopiez-en les deux lignes.',
    'Take the slip the laboratory gave you and copy its two lines.'],
  'start.submit': ['Voir mes résultats', 'See my results'],
  'progress.ask': ['Demande au laboratoire', 'Asking the laboratory'],
  'share.text': [
    'Créez un code à scanner. Le médecin voit ce compte rendu pendant le temps que vous choisissez, et vous pouvez l’arrêter à tout moment.',
    'Make a code to scan. The doctor sees this report for as long as you choose, and you can stop it at any time.'],
  'share.duration': ['Pendant combien de temps ?', 'For how long?'],
  'share.hour': ['1 heure', '1 hour'],
  'share.day': ['24 heures', '24 hours'],
  'share.closes': ['Jusqu’au {when}', 'Until {when}'],
  'share.protection': ['Avec un code d’accès ?', 'With a passcode?'],
  'share.with': ['Oui, un code à 6 chiffres', 'Yes, a 6-digit code'],
  'share.with.hint': ['Plus sûr : le médecin doit le taper.',
    'Safer: the doctor has to type it.'],
  'share.without': ['Non', 'No'],
  'share.without.hint': ['Qui voit le carré peut ouvrir le compte rendu.',
    'Whoever sees the square can open the report.'],
  'share.making': ['Création en cours', 'Making it'],
  'share.passcode': ['Code d’accès à dire au médecin',
    'Passcode to tell the doctor'],
  'share.revoke': ['Arrêter le partage', 'Stop sharing'],
  'share.revoked': ['Partage arrêté : le code ne fonctionne plus.',
    'Sharing stopped: the code no longer works.'],
  'share.failed': ['Le partage n’a pas pu être créé. {why}',
    'The share could not be made. {why}'],
  'share.notStopped': ['Le partage n’a pas pu être arrêté. {why}',
    'The share could not be stopped. {why}'],
  'problem.back': ['Corriger le code', 'Correct the code'],
  'problem.nothing.title': ['Rien à retirer pour le moment',
    'Nothing to pick up yet'],
  'problem.nothing.text': [
    'Soit vos résultats ne sont pas encore prêts, soit le numéro et le code ne vont pas ensemble. Pour votre sécurité, cette page ne fait pas la différence.',
    'Either your results are not ready yet, or the number and the code do not belong together. For your safety this page does not tell the two apart.'],
  'problem.nothing.todo': [
    'Vérifiez que le numéro et le code viennent du même ticket.|Revenez plus tard : le délai dépend de l’analyse.|Ticket perdu ou remplacé ? Passez à l’accueil avec une pièce d’identité.',
    'Check that number and code come from the same slip.|Come back later: how long it takes depends on the analysis.|Slip lost or replaced? Come to the desk with an identity document.'],
  'problem.throttled.title': ['Trop d’essais pour cette carte',
    'Too many attempts for this card'],
  'problem.throttled.text': [
    'Après plusieurs codes inexacts, la carte se repose. Réessayez dans {minutes}.',
    'After several wrong codes the card takes a rest. Try again in {minutes}.'],
  'problem.throttled.todo': [
    'Attendez {minutes}, puis recopiez le code depuis le ticket.|Vos résultats ne sont pas perdus : l’accueil peut vous les remettre sur papier.',
    'Wait {minutes}, then copy the code from the slip again.|Your results are not lost: the desk can give them to you on paper.'],
  'problem.closed.text': [
    'Sa période de retrait est terminée depuis le {closes}. Il a été détruit sur cet appareil du laboratoire.',
    'Its pickup period ended on {closes}. It has been destroyed on this laboratory device.'],
  'problem.closed.todo': [
    'Demandez-le au laboratoire, sur papier ou sous une nouvelle carte : il garde l’original.',
    'Ask the laboratory for it, on paper or under a new card: it keeps the original.'],
  'problem.check.todo': [
    'Réessayez une fois.|Si cela se reproduit, montrez cet écran à l’accueil du laboratoire : il vous remettra le papier.',
    'Try once more.|If it happens again, show this screen at the laboratory’s desk: they will give you paper.'],
  'problem.unlock.todo': [
    'Montrez cet écran à l’accueil du laboratoire : il vous remettra vos résultats sur papier.',
    'Show this screen at the laboratory’s desk: they will give you your results on paper.'],
  'problem.offline.todo': [
    'Connectez-vous au Wi-Fi du laboratoire, puis réessayez.|À l’accueil, vous pouvez demander le papier.',
    'Connect to the laboratory’s Wi-Fi, then try again.|At the desk you can ask for paper.'],
  'problem.away.title': ['Le laboratoire ne répond pas',
    'The laboratory does not answer'],
  'problem.away.text': [
    'La page n’arrive pas à joindre l’appareil du laboratoire. Votre code n’est pas en cause.',
    'The page cannot reach the laboratory’s device. Your code is not the cause.'],
  'problem.away.todo': [
    'Vérifiez que vous êtes sur le réseau du laboratoire.|Réessayez dans une minute.|À l’accueil, vous pouvez demander le papier.',
    'Check that you are on the laboratory’s network.|Try again in a minute.|At the desk you can ask for paper.'],
  'problem.server.title': ['Le laboratoire rencontre une difficulté',
    'The laboratory has a difficulty'],
  'problem.server.text': [
    'L’appareil du laboratoire a répondu par une erreur ({status}). Vos résultats ne sont pas perdus.',
    'The laboratory’s device answered with an error ({status}). Your results are not lost.'],
  'problem.server.todo': [
    'Réessayez dans quelques minutes.|Si cela dure, prévenez l’accueil et demandez le papier.',
    'Try again in a few minutes.|If it lasts, tell the desk and ask for paper.'],
};
