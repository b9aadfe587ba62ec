// A small list of emoji, with the words by which they are found in each language.

export interface Emoji {
  emoji: string;
  fr: string;
  en: string;
}

const LINES = `😀 sourire content heureux|smile happy grin
😊 sourire timide gentil|smile blush kind
🙂 léger sourire|slight smile
😉 clin d’œil|wink
😂 rire larmes drôle|laugh tears funny
😅 rire gêne sueur|sweat relief nervous
😍 amour adore yeux|love adore eyes
🤩 émerveillé étoiles super|starstruck wow
😎 cool lunettes|cool sunglasses
🤔 réfléchir hmm|think hmm
😮 surprise étonné|surprise wow
😢 triste larme|sad tear
😭 pleurer larmes|cry sob
😕 confus désolé|confused unsure
😟 inquiet souci|worried concern
😠 colère fâché|angry mad
😴 dormir fatigué|sleep tired
🤒 malade fièvre|sick ill
🤗 câlin bienvenue|hug welcome
🙈 oups gêné singe|oops monkey shy
👍 pouce bien accord oui|thumbs up good yes ok
👎 pouce bas non|thumbs down no bad
👌 parfait ok|perfect ok
👏 bravo applaudir|bravo clap
🙏 merci prière s’il vous plaît|thanks please pray
🙌 hourra bravo mains|hooray hands celebrate
👋 bonjour salut coucou au revoir|hello hi wave goodbye
🤝 accord poignée main|deal handshake agreement
💪 force courage|strong courage
✌️ victoire paix|victory peace
🤞 croiser doigts chance|fingers crossed luck
👉 voici droite doigt|here point right
❤️ cœur rouge amour|heart red love
💚 cœur vert|heart green
💙 cœur bleu|heart blue
💔 cœur brisé|broken heart
✨ étincelles neuf beau|sparkles new shiny
🎉 fête bravo félicitations|party congratulations celebrate
🎁 cadeau anniversaire|gift present birthday
🎂 gâteau anniversaire|cake birthday
🥳 fête joie|party joy
⭐ étoile avis|star review
🔥 feu promo|fire hot
💡 idée astuce lumière|idea tip light
✅ fait coché oui|done check yes
❌ non erreur croix|no error cross
⚠️ attention alerte|warning alert
❗ important exclamation|important exclamation
❓ question interrogation|question
ℹ️ information info|information info
🆗 ok accord|ok
🔔 rappel cloche notification|bell reminder notification
📌 épingle important|pin important
🔗 lien adresse|link address
📦 colis paquet livraison|parcel package delivery
🚚 camion livraison transport|truck delivery transport
🚀 rapide fusée|fast rocket
🏬 magasin boutique|shop store
🏠 maison adresse domicile|house home address
🛒 panier achat|cart basket purchase
🛍️ sacs achats|shopping bags
💳 carte paiement|card payment
💶 euro argent remboursement|euro money refund
🧾 facture reçu ticket|invoice receipt bill
🏷️ étiquette prix promo|tag price label
↩️ retour renvoyer|return back
🔄 échange actualiser|exchange refresh
🔧 réparation outil|repair tool
🧵 couture fil|thread sewing
🪑 chaise meuble|chair furniture
🛋️ canapé meuble salon|sofa furniture
🛏️ lit chambre|bed bedroom
🖼️ tableau cadre photo|picture frame photo
📷 photo appareil|photo camera
📎 pièce jointe trombone|attachment paperclip
📄 document page|document page
✉️ mail courrier lettre|mail letter email
📧 e-mail adresse|email address
📞 téléphone appel|phone call
📱 mobile téléphone|mobile phone
💬 message discussion|message chat
📍 lieu adresse épingle|place location pin
🗺️ carte plan|map
📅 date calendrier jour|date calendar day
⏰ heure réveil rappel|time alarm reminder
⏳ attente patience sablier|waiting patience hourglass
🕒 heure horloge|hour clock
🔒 sécurité cadenas|security lock
🔑 clé mot de passe|key password
👀 regarder yeux vérifier|look eyes check
☀️ soleil beau temps|sun weather
🌧️ pluie|rain
❄️ neige hiver froid|snow winter cold
🌱 plante écologie vert|plant green ecology
🌸 fleur printemps|flower spring
🎄 noël sapin|christmas tree
☕ café pause|coffee break
🍀 chance trèfle|luck clover
🐶 chien|dog
🐱 chat|cat`;

export const EMOJI: readonly Emoji[] = LINES.split("\n").map((line) => {
  const [fr = "", en = ""] = line.slice(line.indexOf(" ") + 1).split("|");
  return { emoji: line.slice(0, line.indexOf(" ")), fr, en };
});
