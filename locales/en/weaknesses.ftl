weakness-too_short = Too short: at least { $min_length } letters and digits are needed (a number said in words counts as its digits). Add another word.
weakness-too_long = Too long: at most 64 characters. Make it shorter.
weakness-common_password = Very many people choose this word, so it is tried first, and digits beside it do not help. Take three words that have nothing to do with each other.
weakness-common_phrase = This is a well-known phrase, saying or line of a song. Make your own of three words that have nothing to do with each other.
weakness-company_word = These are the pawnshop's or the service's own words, which are guessed first. Take words that have nothing to do with the pawnshop.
weakness-keyboard_walk = These are neighbouring keys, and hard to say besides. Take ordinary words.
weakness-repeated = The same letter, syllable or word comes again and again. Take different words.
weakness-sequence = This is a row of the alphabet or of numbers. Take words that have nothing to do with each other.
weakness-date_alone = There is nothing here but a day, a month or a year, which are easy to find out. Add words that have nothing to do with the date.
weakness-personal_data = This is made of the client's name, telephone or number, which others know too. Take words that have nothing to do with you.
weakness-guessable =
    This is easy to guess: the words are too few or too common. Add { $more_words ->
        [1] one more word that has
        [2] two more words that have
       *[other] three more words that have
    } nothing to do with the rest.
