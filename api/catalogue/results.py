"""What do the desk's pages about results say?"""

from api.catalogue.phrase import Phrases

PHRASES: Phrases = {
    "results": ("Ergebnisse", "Results"),
    "results_of": ("Ergebnisse: {name}", "Results: {name}"),
    "results_lead": (
        "Was die Briefe jeder Kampagne gebracht haben. Bestellungen zählen, wenn sie höchstens {days} nach der Einlieferung eingehen.",
        "What the letters of each campaign brought. Orders count when they come in within {days} of posting.",
    ),
    "results_none": ("Noch keine Kampagne, also auch noch keine Ergebnisse.", "No campaign yet, so no results either."),
    "results_no_letters": (
        "Von dieser Kampagne ist noch kein Brief an die Druckerei gegangen. Sobald der erste unterwegs ist, steht hier, was er bringt.",
        "No letter of this campaign has gone to the print shop yet. Once the first is on its way, you see here what it brings.",
    ),
    "back_to_campaign": ("Zur Kampagne", "To the campaign"),
    "window_of_orders": ("Bestellungen zählen bis", "Orders count up to"),
    "days_after_posting": ("{days} nach Einlieferung", "{days} after posting"),
    "download_csv": ("Als Tabelle (CSV)", "As a table (CSV)"),
    "as_of": ("Stand: {moment}", "As of {moment}"),
    # head numbers
    "head_numbers": ("Auf einen Blick", "At a glance"),
    "letters_out": ("Briefe", "Letters"),
    "redeemed_coupons": ("Eingelöst", "Redeemed"),
    "orders_of_mailed": ("Bestellungen", "Orders"),
    "revenue": ("Umsatz", "Revenue"),
    "cost": ("Kosten", "Cost"),
    "return_on_spend_short": ("Rückfluss", "Return"),
    "return_of": ("{ratio}-fach", "{ratio}×"),
    "cost_estimated": ("geschätzt, ohne MwSt.", "estimated, without VAT"),
    "of_letters": ("{share} der Briefe", "{share} of the letters"),
    "of_buyers": ("von {count} Käufern", "by {count} buyers"),
    "of_buyers_one": ("von einem Käufer", "by one buyer"),
    "other_currency": (
        "Dazu in anderer Währung: {orders} Bestellungen über {revenue}. Sie stecken in der Zahl der Bestellungen, nicht im Umsatz.",
        "In another currency besides: {orders} orders worth {revenue}. They are in the number of orders, not in the revenue.",
    ),
    # marks
    "mark_estimated": ("geschätzt", "estimated"),
    "mark_preliminary": ("vorläufig", "preliminary"),
    "why_estimated": (
        "Von {count} Briefen hat die Druckerei keine Einlieferung gemeldet; für sie zählen die Tage ab {days} nach der Übergabe.",
        "The print shop has reported no posting of {count} letters; their days are counted from {days} after the hand-over.",
    ),
    "why_preliminary": (
        "Die {days} nach der letzten Einlieferung laufen noch bis zum {until}: bis dahin kommen Bestellungen dazu.",
        "The {days} after the last posting are running until {until}: more orders will come in by then.",
    ),
    # three numbers
    "three_numbers": ("Was haben die Briefe gebracht?", "What did the letters bring?"),
    "three_lead": (
        "Drei Antworten: wer den Gutschein einlöst, hat den Brief sicher benutzt; wer danach bestellt, hätte es vielleicht "
        "auch so getan; der Vergleich mit der Kontrollgruppe trennt beides.",
        "Three answers: whoever redeems the coupon surely used the letter; whoever orders afterwards might have done so anyway; "
        "the comparison with the holdout tells the two apart.",
    ),
    "at_least": ("Mindestens", "At least"),
    "at_most": ("Höchstens", "At most"),
    "because_of_letters": ("Durch die Briefe", "Because of the letters"),
    "buyers": ("Käufer", "buyers"),
    "how_measured": ("Gemessen als", "Measured as"),
    "floor_words": (
        "haben den Gutschein aus dem Brief eingelöst: {orders} Bestellungen, {revenue}.",
        "redeemed the coupon of the letter: {orders} orders, {revenue}.",
    ),
    "ceiling_words": (
        "haben nach dem Brief bestellt, mit oder ohne Gutschein: {orders} Bestellungen, {revenue}.",
        "ordered after the letter, with the coupon or without: {orders} orders, {revenue}.",
    ),
    "lift_sure": (
        "haben nur wegen des Briefs gekauft, mit 95 % Sicherheit zwischen {low} und {high}. Zusätzlicher Umsatz: {revenue} ({revenue_low} bis {revenue_high}).",
        "bought only because of the letter, with 95% confidence between {low} and {high}. Extra revenue: {revenue} ({revenue_low} to {revenue_high}).",
    ),
    "lift_worse": (
        "Die Angeschriebenen haben weniger gekauft als die Kontrollgruppe, mit 95 % Sicherheit zwischen {low} und {high}. Bitte prüfen Sie diese Kampagne.",
        "Those who got letters bought less than the holdout, with 95% confidence between {low} and {high}. Have a look at this campaign.",
    ),
    "lift_unsure": (
        "Eine Wirkung ist noch nicht belegt: es können {low} bis {high} Käufer sein.",
        "No effect is proven yet: it may be anything from {low} to {high} buyers.",
    ),
    "lift_groups": (
        "Verglichen werden {mailed} Angeschriebene, von denen {mailed_share} kauften, mit {held_out} Personen der Kontrollgruppe, von denen "
        "{held_out_share} kauften. Jede Person wird gleich lang beobachtet: {days}.",
        "{mailed} people who got letters, {mailed_share} of whom bought, are compared with {held_out} people of the holdout, {held_out_share} of whom "
        "bought. Everybody is watched equally long: {days}.",
    ),
    "floor_above": (
        "Hier ist „mindestens“ mehr als „höchstens“: Gutscheine wurden später als {days} nach der Einlieferung eingelöst oder von jemandem, der "
        "keinen Brief bekam. „Mindestens“ zählt solche Käufe mit, „höchstens“ nicht.",
        "Here “at least” is more than “at most”: coupons were redeemed later than {days} after posting, or by somebody who got no letter. "
        "“At least” counts such purchases, “at most” does not.",
    ),
    "lift_preliminary": (
        "Der Vergleich ist vorläufig: Bei {count} dieser Personen läuft die Zeit noch.",
        "The comparison is preliminary: for {count} of these people the time is still running.",
    ),
    "lift_of_those_through": (
        "Nicht im Vergleich sind {count} Personen, deren Zeit noch läuft; „mindestens“ und „höchstens“ zählen auch deren Käufe.",
        "Not in the comparison are {count} people whose time is still running; “at least” and “at most” count their purchases as well.",
    ),
    "no_lift": ("noch keine Aussage", "cannot be told"),
    "no_lift_no_letters": ("Noch ist kein Brief eingeliefert.", "No letter has been posted yet."),
    "no_lift_no_holdout": (
        "Die Kampagne hat keine Kontrollgruppe, es fehlt also der Vergleich. Ein Anteil von 10 % in den Grenzen der Kampagne genügt meist.",
        "The campaign has no holdout, so there is nothing to compare with. A share of 10% in the limits of the campaign is mostly enough.",
    ),
    "no_lift_few_held_out": (
        "Erst {held_out} Personen sind in der Kontrollgruppe; unter 100 verschiebt jede einzelne Bestellung das Ergebnis zu sehr.",
        "Only {held_out} people are in the holdout so far; below 100 each single order moves the result too much.",
    ),
    "no_lift_few_buyers": (
        "Es haben noch zu wenige gekauft, um Wirkung von Zufall zu unterscheiden.",
        "Too few have bought so far to tell an effect from chance.",
    ),
    "lift_hint": (
        "Um einen Unterschied von {points} Prozentpunkten zu erkennen, braucht es etwa {mailed} Briefe und {held_out} Personen in der Kontrollgruppe.",
        "To see a difference of {points} percentage points it takes about {mailed} letters and {held_out} people in the holdout.",
    ),
    "lift_hint_one": (
        "Um einen Unterschied von einem Prozentpunkt zu erkennen, braucht es etwa {mailed} Briefe und {held_out} Personen in der Kontrollgruppe.",
        "To see a difference of one percentage point it takes about {mailed} letters and {held_out} people in the holdout.",
    ),
    "chart_three": ("Käufer: mindestens, höchstens und durch die Briefe", "Buyers: at least, at most and because of the letters"),
    "interval_of": ("{value} ({low} bis {high})", "{value} ({low} to {high})"),
    "interval_95": ("95-%-Bereich", "95% interval"),
    # funnel
    "results_funnel": ("Vom Brief zur Bestellung", "From letter to order"),
    "stage_selected": ("Ausgewählt", "Selected"),
    "stage_handed_over": ("An die Druckerei", "To the printer"),
    "stage_printed": ("Gedruckt", "Printed"),
    "stage_posted": ("Eingeliefert", "Posted"),
    "stage_scanned": ("Gescannt", "Scanned"),
    "stage_redeemed": ("Eingelöst", "Redeemed"),
    "stage_buyers": ("Gekauft", "Bought"),
    "not_reported": ("nicht gemeldet", "not reported"),
    "stage": ("Station", "Stage"),
    "label_and_count": ("{stage}: {count}", "{stage}: {count}"),
    "aside_returned": ("{count} Briefe kamen zurück.", "{count} letters came back."),
    "aside_objected": ("{count} Personen haben über den Brief der Werbung widersprochen.", "{count} people objected to advertising by the letter."),
    "aside_holdout": ("{count} Personen bekamen zum Vergleich keinen Brief.", "{count} people got no letter, for comparison."),
    # days
    "results_days": ("Im Lauf der Zeit", "Over time"),
    "by_day": ("je Tag", "by day"),
    "by_week": ("je Woche, ab Montag", "by week, from Monday"),
    "day": ("Tag", "Day"),
    "week_of": ("Woche ab", "Week of"),
    "letters_posted": ("Eingelieferte Briefe", "Letters posted"),
    "scans_by_people": ("Scans", "Scans"),
    "numbers_of_chart": ("Die Zahlen dazu", "The numbers"),
    # steps and layouts
    "results_lines": ("Nach Stufe und Briefvorlage", "By step and layout"),
    "line_layout": ("Vorlage {layout}", "Layout {layout}"),
    "line_total": ("Zusammen", "In all"),
    "total_once": (
        "In „Zusammen“ zählt jede Person und jede Bestellung einmal, auch wenn mehrere Briefe vorausgingen.",
        "“In all” counts each person and each order once, even where several letters went before.",
    ),
    "holdout_short": ("Kontrollgruppe", "Holdout"),
    "returned_short": ("Rückläufer", "Returned"),
    # excluded
    "results_excluded": ("Wer keinen Brief bekam, und warum", "Who got no letter, and why"),
    "excluded_lead": ("Personen nach der letzten Entscheidung dieser Kampagne über sie.", "People by the last decision of this campaign about them."),
    "excluded_none": ("Niemand wurde ausgeschlossen.", "Nobody was excluded."),
    # meters
    "meters": ("Wie viele der Angeschriebenen haben bestellt?", "How many of those written to have ordered?"),
    "meters_lead": ("Briefe, die in den letzten {days} eingeliefert wurden.", "Letters posted in the last {days}."),
    "meter_no_purchase": ("No-Purchase-O-Meter", "No-purchase-o-meter"),
    "meter_carts": ("Warenkörbe gerettet", "Carts recovered"),
    "meter_winback": ("Kunden zurückgewonnen", "Customers won back"),
    "meter_words_no_purchase": (
        "{converted} von {contacted} Interessenten haben nach dem Brief zum ersten Mal bestellt.",
        "{converted} of {contacted} prospects made their first order after the letter.",
    ),
    "meter_words_carts": (
        "{converted} von {contacted} Personen mit abgebrochenem Warenkorb haben nach dem Brief bestellt.",
        "{converted} of {contacted} people with an abandoned cart ordered after the letter.",
    ),
    "meter_words_winback": (
        "{converted} von {contacted} stillen Kunden haben nach dem Brief wieder bestellt.",
        "{converted} of {contacted} silent customers ordered again after the letter.",
    ),
    "meter_nobody": ("In dieser Zeit wurde niemand angeschrieben.", "Nobody was written to in this time."),
    "meter_target": ("Ziel: {low} bis {high}", "Target: {low} to {high}"),
    "position_unknown": ("keine Briefe", "no letters"),
    "position_below": ("unter dem Ziel", "below target"),
    "position_within": ("im Ziel", "on target"),
    "position_above": ("über dem Ziel", "above target"),
    "results_campaigns": ("Alle Kampagnen", "All campaigns"),
    "last_posting": ("Letzte Einlieferung", "Last posting"),
}
