// Stands in for «spoken» where the server is older than it: the fields are as the contract has them.

/**
 * @param {import('playwright-core').Page} page
 * @param {string} api
 */
export async function lendSpoken(page, api) {
  const document_ = await (await fetch(`${api}/openapi.json`)).json();
  if (document_.components.schemas.VerificationRequest.properties.spoken) {
    return;
  }
  await page.route(/\/v1\/verifications(\/|\?|$)/, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const body = request.postDataJSON();
    const tongue = body?.spoken ?? url.searchParams.get('spoken');
    url.searchParams.delete('spoken');
    if (body) delete body.spoken;
    const answer = await route.fetch({ url: url.href, postData: body ? JSON.stringify(body) : undefined });
    if (!tongue || !answer.ok()) {
      await route.fulfill({ response: answer });
      return;
    }
    const told = await answer.json();
    const say = tongue === 'kk' ? SENTENCES.kk : SENTENCES.ru;
    told.spoken = say.answer;
    for (const loan of told.loans ?? []) loan.spoken = say.loan(loan.ticket_number);
    await route.fulfill({ response: answer, json: told });
  });
}

const SENTENCES = {
  kk: {
    answer: 'Рақмет, сіз расталдыңыз. Сізде үш микрокредит бар, мәлімет бүгінгі.',
    loan: (/** @type {string} */ ticket) =>
      `${ticket} билеті бойынша өтеу күні — екі мың жиырма алтыншы жылғы он жетінші қараша. Берешек — жүз жиырма бес мың теңге. Кепіл жетінші желтоқсанға дейін сақталады, он бес күн қалды.`,
  },
  ru: {
    answer: 'Спасибо, вы подтверждены. У вас три микрокредита, сведения сегодняшние.',
    loan: (/** @type {string} */ ticket) =>
      `По билету ${ticket} дата погашения — семнадцатое ноября две тысячи двадцать шестого года. Остаток задолженности — сто двадцать пять тысяч тенге. Залог хранится до седьмого декабря, осталось пятнадцать дней.`,
  },
};
