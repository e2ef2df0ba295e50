"""Whole sentences read closely: what counts, how real it is, who does it to whom. Each line follows a codebook rule."""

from collections.abc import Callable

import pytest

from schemas.records import Mention

Tag = Callable[..., list[Mention]]

# sentence | trigger, status, actor country, target country
COUNTED = """
US military blows up fourth boat off Venezuelan coast | blows up, occurred, USA,
American B-2 bombers dropped bunker-buster bombs on Iran's Fordo nuclear site, Trump says | bombs, occurred, USA, IRN
Iran fires missiles at US base in Qatar in retaliation | missiles, occurred, IRN, USA
Syria: US, UK and France launch air strikes on chemical weapons sites | air strikes, occurred, USA, SYR
Trump warns Russia that missiles 'will be coming' at Syria | missiles, threatened, USA, SYR
Pentagon denies it struck Iranian militia in Iraq | struck, denied, USA,
Turkey shells Kurdish positions in Afrin | shells, occurred, TUR, SYR
Israel hits Damascus airport with missiles, Syrian state media says | hits, occurred, ISR, SYR
India strikes nine sites in Pakistan after border clash | strikes, occurred, IND, PAK
Israel mulls striking Iranian nuclear facilities without US help | striking, threatened, ISR, IRN
Ukrainian drones hit oil refinery in Saratov, governor says | hit, occurred, UKR, RUS
Explosions rock Caracas as US jets bomb military bases | bomb, occurred, USA, VEN
Strikes on Iran postponed, officials say | Strikes, called_off, , IRN
Israeli strikes planned for Friday were cancelled | strikes, called_off, ISR,
The alliance said it had not carried out any air strikes in the area. | air strikes, denied, ,
Moscow rejected claims that its forces shelled the hospital in Kherson. | shelled, denied, RUS, UKR
Britain and France are considering air strikes against ISIS in Libya. | air strikes, threatened, GBR,
Heavy shelling was reported in Bakhmut overnight. | shelling, occurred, , UKR
Rockets were fired at the Green Zone in Baghdad, causing no casualties. | Rockets, occurred, , IRQ
A Palestinian was killed in an Israeli air raid on Khan Younis. | air raid, occurred, ISR, PSE
Storm Shadow missiles hit a Russian submarine in Sevastopol. | hit, occurred, , RUS
Thousands demanded that Israel stop its bombardment of Gaza. | bombardment, occurred, ISR, PSE
China sanctions US defence firms over Taiwan arms sales | sanctions, occurred, CHN, USA
UN snapback sanctions on Iran to take effect on Saturday | sanctions, planned, , IRN
US lifts sanctions on Syria | sanctions, called_off, USA, SYR
Sanctions lifted on Syrian central bank | Sanctions, called_off, , SYR
Treasury waives Iran sanctions to allow Iraq to import electricity | sanctions, called_off, USA, IRN
Cuba slams U.S. embargo at U.N. assembly | embargo, occurred, USA, CUB
Congress passed a bill that would impose sanctions on Turkish officials. | sanctions, threatened, , TUR
Lawmakers call for sanctions on Chinese officials over abuses | sanctions, threatened, , CHN
North Korea has dodged U.N. sanctions by smuggling coal | sanctions, occurred, , PRK
U.S. imposes visa restrictions on Ugandan officials over law | visa restrictions, occurred, USA, UGA
G7 agrees price cap on Russian oil | price cap, occurred, , RUS
Trump envoy Steve Hale to meet Putin in Moscow on Wednesday | envoy, planned, USA, RUS
North Korea nuclear envoy arrives in Beijing for talks | envoy, occurred, PRK, CHN
Russia's ambassador to Poland was splashed with red paint | ambassador, occurred, RUS, POL
Brazil summons US ambassador over tariffs | ambassador, occurred, USA, BRA
South Africa's ambassador Ebrahim Nkosi expelled from US | ambassador, called_off, ZAF, USA
The Pope's envoy, Cardinal Matteo Rossi, travelled to Kyiv. | envoy, occurred, , UKR
Mediators from Egypt and Qatar are pushing for a truce. | Mediators, occurred, EGY,
Qatari mediators said on Sunday that both sides had agreed to pause the fighting | mediators, occurred, QAT,
The Taliban refused to meet the American emissaries. | emissaries, denied, USA,
"""

# sentence | reason
REFUSED = """
Teachers' strike enters third week in Alberta | labour
Factory machinists vote to end strike after seven weeks | labour
The union said it would strike unless pay improved. | labour
United's strike in stoppage time won the match | sport
She was struck by how calm the soldiers seemed. | accident
Lightning struck a church in Ukraine. | nature
The army struck a deal with the rebels. | idiom
The regime test-fired a ballistic missile on Sunday. | test
Air defences shot down 50 Ukrainian drones overnight, Moscow says | interception
Air raid sirens sounded in Kyiv during the visit. | warning
The navy bought a new attack submarine from the shipyard. | capability
Hamas gunmen attacked the kibbutz at dawn. | ground_attack
FIFA sanctions Chile over fans' chants | sport
Judge sanctions lawyers for citing fake cases | court
State-sanctioned betting begins in Texas | approval
Regulator cuts price cap on household energy bills | domestic
Ambassador John Smith hosted a reception to celebrate the King's birthday. | ceremonial
The former U.S. ambassador to Ukraine testified before Congress. | former
"""


def _rows(table: str) -> list[tuple[str, str]]:
    return [
        (left.strip(), right.strip())
        for left, _, right in (line.partition("|") for line in table.strip().splitlines())
    ]


@pytest.mark.parametrize(("sentence", "expected"), _rows(COUNTED))
def test_counted(tag: Tag, sentence: str, expected: str) -> None:
    trigger, status, actor, target = (part.strip() for part in expected.split(","))
    first = tag(sentence, counted=True)[0]
    assert (first.trigger, first.status) == (trigger, status)
    assert (first.actor_country, first.target_country) == (actor, target)


@pytest.mark.parametrize(("sentence", "reason"), _rows(REFUSED))
def test_refused(tag: Tag, sentence: str, reason: str) -> None:
    found = tag(sentence)
    assert [m for m in found if m.counted] == []
    assert reason in {m.reason for m in found}
