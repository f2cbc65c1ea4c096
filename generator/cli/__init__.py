"""What people call: the command `stadtschreiber`, its parser, and what each command says.

Offers `main.run`.  May import everything.
"""
