"""What others read: the words, sheets and shapes in which records leave the product."""
