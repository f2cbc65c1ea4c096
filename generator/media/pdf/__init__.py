"""An article's document and a layout in Typst to a PDF, plainer where it has to be.

Offers `ladder` (make), `document` (what a PDF is made from).
"""
