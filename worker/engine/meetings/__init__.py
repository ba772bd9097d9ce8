"""Meetings, from the wish to the day itself.

promises    who is promised a meeting has a row that holds a time, before it is due
wave        what wants a time is given one, all of it together
diaries     when the people of a wave have room
carry       calendars are brought to what our rows say
hear        what calendars say is brought to our rows
mind        what the time asks: a decline has stood, a meeting is near, or over
letters     the mails beside: to the person, the brief to a colleague, a word to HR
follow      what these have in common: one row, its facts, its holds, its wishes
"""
